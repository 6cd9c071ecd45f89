import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import type { SecondStepFrame } from '#views/sign-in/second-step-form.tsx'
import type { EnrolFrame } from '#views/two-factor/enrol-frame.tsx'
import type { Callout, Said } from '#views/ui/types.ts'
import type { Words } from '#views/words/words.ts'
import type { Enrolling } from './enrol.ts'
import type { ActiveFactor, Factor, FactorKinds, Fields, Finding, Refusal, SignInAnswer } from './factor.ts'

/** A kind of second factor with its part of the pages and of `/api/v1`. */
export type FactorKind = Factor & Answering & Enrolable & Listed & Challenging

/** What is answered at the second step, in forms and JSON, and what is said where it is refused. */
export type Answering = {
  kind: string
  /** The fields of its answer in a form. A kind that is typed shares `code` with the others. */
  form: Record<string, z.ZodType<string>>
  /** The same in the JSON of `/api/v1`. */
  json: z.ZodRawShape
  /** In the pages' language, unless another is given. */
  said(refusal: Refusal, inWords?: Words): Said
  /** What a test of an answer found; absent in kinds that aren't tested. */
  found?(finding: Finding, device?: string): Callout
  /** In an answer of `/api/v1`. */
  detail(refusal: Refusal): string
}

type Enrolable = {
  /** Of the button that chooses it on the page of another kind. */
  label(): string
  /** Without the script it can't be enrolled, so that page doesn't offer it. */
  needsScript?: true
  /** What `/api/v1` answers for the device. */
  device: z.ZodRawShape
  enrolPage(frame: EnrolFrame, of: Enrolling): JSX.Element | Promise<JSX.Element>
  enrolJson(of: Enrolling): Promise<Record<string, unknown>>
  /** Where another answer is malformed, or refused in other words, while it is enrolled. */
  saidAtFirst(refusal: Refusal | undefined): Said
}

type Listed = {
  /** What the page of all authenticators tells those of this kind, where they ask nobody: which of them still count, and whose they are. */
  listPart?(of: {
    userHandle: string
    email: string
    displayName: string | null
    credentialIds: readonly string[]
  }): Child
}

type Challenging = {
  /** Its own form on the page of the second step, where it asks. */
  secondStepPart?(frame: SecondStepFrame, of: Asking): Child
  /** The same for a client of `/api/v1`. */
  secondStepJson?(of: Asking): Record<string, unknown>
  /** Its own form on the page of sign-in, which is sent to /sign-in/passkey. In kinds that are enough alone. `unknown`: the device that was refused because nobody here has it. */
  alonePart?(frame: SecondStepFrame, of: Pick<Asking, 'challenge'> & { unknown?: string | undefined }): Child
  /** The same for a client of `/api/v1`. */
  aloneJson?(of: Pick<Asking, 'challenge'>): Record<string, unknown>
}

/** Whatever answers at the second step, as routes and APIs know it. */
export type KindsDeps = {
  factorKinds: FactorKinds<FactorKind>
  recoveryCodeAnswers: Answering & { read(fields: Fields): SignInAnswer | undefined }
}

/** What rules need, with the kinds as routes know them instead of as rules do. */
export type WithPages<RulesDeps> = Omit<RulesDeps, keyof KindsDeps> & KindsDeps

type Asking = { challenge: string; factors: ActiveFactor[]; hasTyped: boolean }

type Answers = readonly Pick<Answering, 'form'>[]

/** The fields of all kinds' answers, for a form that may have those of any. */
export const answerShape = (kinds: Answers) =>
  Object.fromEntries(namesOf(kinds).map((name) => [name, z.string().optional()]))

/** The fields of an answer among those of a form; undefined where nothing is in them. */
export function answerIn(kinds: Answers, values: Readonly<Record<string, string>>): Fields | undefined {
  const filled = namesOf(kinds).flatMap((name) => {
    const value = values[name]?.trim()
    return value ? [[name, value] as const] : []
  })
  return filled.length > 0 ? Object.fromEntries(filled) : undefined
}

/** The field beside which a refusal is shown; '' if nothing was typed, and it is about the whole form. */
export const fieldOf = ({ form }: Answers[number]): string => ('code' in form ? 'code' : '')

const namesOf = (kinds: Answers) => [...new Set(kinds.flatMap(({ form }) => Object.keys(form)))]

/** One shape of several: what only some have may be left out. */
export function shapeOfAll(shapes: readonly z.ZodRawShape[]): z.ZodRawShape {
  const inAll = (name: string) => shapes.every((shape) => name in shape)
  const fields = shapes.flatMap((shape) => Object.entries(shape))
  return Object.fromEntries(fields.map(([name, field]) => [name, inAll(name) ? field : z.optional(field)]))
}
