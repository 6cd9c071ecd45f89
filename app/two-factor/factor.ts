/** What a person sends, by field: texts of a form, or what the JSON of the API has. */
export type Fields = Readonly<Record<string, unknown>>

/** A kind of second factor. Enrolment and sign-in know the kinds only through this. */
export type Factor = {
  /** As stored in the table `factors`. */
  kind: string
  /** What the first of it is called until its owner says otherwise. */
  firstName: string
  /** Whether it answers a challenge. What is typed off a device answers none. */
  isChallenged: boolean
  /** Whether its answer is good for this site alone, so that nobody can be talked into giving it to another (NIST SP 800-63B-4, 3.2.5). */
  isPhishingResistant: boolean
  /** What the page of enrolment is about until the first answer: a secret for the device, or a challenge to it. */
  begin(): Uint8Array
  /** Undefined where the fields hold no answer of this kind. */
  read(fields: Fields): Answer | undefined
  /** The same of a device that is both factors at once: it has made sure of who its owner is. Absent in kinds that can't. */
  readAlone?(fields: Fields): AnswerAlone | undefined
  /** What is said of a device that some account has already. Absent in kinds whose devices are known by nothing. */
  inUse?: Refused
  /** What a device is called by itself, if its answer tells. */
  nameOf?(proven: Proven): string | undefined
  /** A device that another site has enrolled, by what that site wrote down of it. Undefined where it is of another kind. */
  fromElsewhere?(text: string): FromElsewhere | undefined
  /** Spends every answer that an account's factors of this kind may have given by `at`: a backup does not know of them. */
  spendAll?(of: { accountId: number; at: Date }): FactorWrite
}

/** An answer as it was read. How it is judged, its kind alone knows. */
export type Answer = SignInAnswer & {
  /** The answer of a device that is about to be enrolled. `before` is what an earlier answer of it has proven. */
  enrol(to: Enrolled): Promise<{ ok: true; proven: Proven } | Refused>
}

type Enrolled = {
  begun: Uint8Array
  before: Proven | null
  now: Date
  /** Whether some account has a device that is known by this. */
  isInUse(credentialId: string): Promise<boolean>
}

export type SignInAnswer = {
  /** How a session says that it was signed in by it. */
  method: 'authenticator' | 'passkey' | 'recovery_code'
  judge(to: Asked): Promise<Judged>
  /** Looks at it and spends nothing. Absent where an answer is for one challenge alone. */
  test?(to: UnderTest): Promise<Finding>
}

/** It says itself of which device it is, by that one's `credentialId`. */
export type AnswerAlone = Pick<SignInAnswer, 'method' | 'judge'> & { credentialId: string }

/** What an answer is judged against. */
export type Asked = {
  accountId: number
  /** Of the answer's kind, the oldest first: those whose sealed secret opens. */
  factors(): Promise<ActiveFactor[]>
  /** Those that may be answered now, the newest first. They belong to what asks, and die with it. */
  challenges(): readonly string[]
  /** What devices of the account know it by, in base64url; undefined where none was ever asked to. */
  userHandle(): Promise<string | undefined>
  now: Date
}

/** What an answer is tested against. `recoveryCodes` are the account's, used ones included. */
export type UnderTest = Pick<Asked, 'accountId' | 'factors' | 'now'> & {
  recoveryCodes(): Promise<readonly { hash: string; usedAt: Date | null }[]>
}

/**
 * What a test found, in the kind's own terms. `right`: it opens the account now. `past`: it did, or would have, and no longer
 * does. `factorId` is of the device that gave it.
 */
export type Finding = {
  readonly kind: string
  readonly reason: string
  readonly verdict: 'right' | 'past' | 'wrong'
  readonly factorId?: string
}

export type ActiveFactor = { id: string; secret: Uint8Array; counter: number; credentialId: string | null }

/**
 * What makes a device a factor. The secret is stored sealed. The rest is not: what guards an answer may compare the counter; a device that
 * is known by something of its own is found by that, in base64url, and no two factors have the same; and whether it is backed up, it says
 * anew each time.
 */
export type Proven = {
  secret: Uint8Array
  counter: number
  credentialId?: string | undefined
  isBackedUp?: boolean | undefined
}

/** `other_device`: its answers are of a length or a rhythm that we can't judge. `weak_device`: its secret is too short, or too long. */
export type FromElsewhere =
  | { ok: true; proven: Proven }
  | { ok: false; reason: 'unreadable_device' | 'other_device' | 'weak_device' }

/** Right so far. Whether it counts, the guard in `proof` decides, once; where it does not, `otherwise` says why. */
export type Judged = { ok: true; proof: FactorWrite; otherwise: Refused; notice?: Notice } | Refused

/** What its owner has to hear of, though the answer is right. */
export type Notice = 'passkey_counter_fell'

/** Made by the store's part of a kind, carried by the rules to the transaction, and looked at by neither of them. */
export type FactorWrite = { readonly kind: string }

export type Refused = { ok: false; reason: 'refused'; refusal: Refusal }

/**
 * Why, in the kind's own terms. Its part of the pages puts it in words. `nextInSeconds`: until there is another answer. `isLate`: it
 * answers what is asked no more, so it is no guess.
 */
export type Refusal = {
  readonly kind: string
  readonly reason: string
  readonly nextInSeconds?: number
  readonly isLate?: boolean
}

export const refused = (refusal: Refusal): Refused => ({ ok: false, reason: 'refused', refusal })

/** Every kind of second factor there is. The first is the one that people are offered first. */
export type FactorKinds<Kind extends Factor = Factor> = readonly [Kind, ...Kind[]]

/** A kind by its name, or the first of all. Throws where there is none of that name: a fault of ours. */
export function kindOf<Kind extends Factor>(
  { factorKinds }: { factorKinds: FactorKinds<Kind> },
  kind: string = factorKinds[0].kind,
): Kind {
  const factor = factorKinds.find((known) => known.kind === kind)
  if (!factor) throw new Error(`There is no kind of second factor called ${kind}.`)
  return factor
}
