import { type OperatorsEvent, operatorsEvent } from '../identity/security-events.ts'
import { hashToken, looksLikeId, newId } from '../lib/tokens.ts'
import { invitationLink, invitationMail, type MailDeps } from '../mail/account-mails.ts'
import { newLinkToken } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import type { Acting } from './acting.ts'

const DAY = 24 * 60 * 60_000
const USUAL_LIFE = 7 * DAY
const LIFE_AT_MOST = 366 * DAY
const PAGE = 50

export type Role = 'member' | 'operator'

export type Invitation = Readonly<{
  id: string
  /** The only address it is for; null: for whoever holds it. */
  email: string | null
  role: Role
  /** When the account that it makes ends; null: never. */
  accountEndsAt: Date | null
  invitedBy: number | null
  createdAt: Date
  sentAt: Date | null
  expiresAt: Date
  usedAt: Date | null
  usedBy: number | null
  revokedAt: Date | null
}>

type WithGroups = Invitation & { groups: readonly { name: string; until: Date | null }[] }
type Place = { createdAt: Date; id: string }

export type InvitationStore = {
  /** False if one of the groups is gone. */
  makeInvitation(of: {
    invitation: Invitation & { tokenHash: string }
    groups: { groupId: string; until: Date | null }[]
    mail: QueuedMail | undefined
    event: OperatorsEvent
  }): Promise<boolean>
  listInvitations(of: { after: Place | undefined; most: number }): Promise<WithGroups[]>
  /** False if it was used or revoked, or has ended. */
  revokeInvitation(of: { id: string; now: Date; event: OperatorsEvent }): Promise<boolean>
}

export type InvitationDeps = MailDeps & {
  invitations: InvitationStore
  groups: { groupsNamed(names: string[]): Promise<{ id: string; name: string }[]> }
  signUps: 'open' | 'invited' | 'closed'
  now(): Date
}

export type Wanted = {
  /** In its stored form; null: for whoever holds the link. */
  email: string | null
  /** Whether the link goes there by mail. Otherwise it is handed out here, once. */
  isSent: boolean
  role: Role
  groups: { name: string; until: Date | null }[]
  /** Seven days from now unless it says otherwise. */
  expiresAt?: Date | undefined
  accountEndsAt: Date | null
}

export type Invited =
  /** `link` where it wasn't sent. */
  | { ok: true; invitation: WithGroups; link: string | undefined }
  | { ok: false; reason: 'sign_ups_closed' | 'no_address' | 'over' | 'too_late' }
  | { ok: false; reason: 'no_such_group' | 'group_twice'; group: string }

/** A link that makes one account, with what the account is to have. */
export async function invite(deps: InvitationDeps, wanted: Wanted, by: Acting): Promise<Invited> {
  const { email, isSent, role, groups, expiresAt, accountEndsAt } = wanted
  if (deps.signUps === 'closed') return { ok: false, reason: 'sign_ups_closed' }
  if (isSent && email === null) return { ok: false, reason: 'no_address' }
  const now = deps.now()
  const until = earlier(expiresAt ?? new Date(now.getTime() + USUAL_LIFE), accountEndsAt)
  if ([until, ...groups.map((group) => group.until)].some((end) => end && end <= now))
    return { ok: false, reason: 'over' }
  if (until.getTime() - now.getTime() > LIFE_AT_MOST) return { ok: false, reason: 'too_late' }
  const joined = await joining(deps, groups)
  if (!joined.ok) return joined

  const token = newLinkToken()
  const { operatorId: invitedBy } = by
  const unused = { usedAt: null, usedBy: null, revokedAt: null }
  const sentAt = isSent ? now : null
  const ends = { createdAt: now, sentAt, expiresAt: until, ...unused }
  const invitation = { id: newId(), email, role, accountEndsAt, invitedBy, ...ends }
  const told = { token, until, asOperator: role === 'operator', accountEndsAt }
  const isMade = await deps.invitations.makeInvitation({
    invitation: { ...invitation, tokenHash: hashToken(token) },
    groups: joined.groups,
    mail: isSent && email ? queuedMail(deps.vault, null, invitationMail(deps, { to: email, ...told }), now) : undefined,
    event: operatorsEvent('invitation_made', invitation.id, { by, at: now }),
  })
  if (!isMade) return invite(deps, wanted, by) // a group went meanwhile: look again
  return { ok: true, invitation: { ...invitation, groups }, link: isSent ? undefined : invitationLink(deps, token) }
}

async function joining(deps: InvitationDeps, wanted: Wanted['groups']) {
  const names = wanted.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return { ok: false, reason: 'group_twice', group: twice } as const
  const ids = new Map((await deps.groups.groupsNamed(names)).map(({ id, name }) => [name, id]))
  const groups: { groupId: string; until: Date | null }[] = []
  for (const { name, until } of wanted) {
    const groupId = ids.get(name)
    if (groupId === undefined) return { ok: false, reason: 'no_such_group', group: name } as const
    groups.push({ groupId, until })
  }
  return { ok: true, groups } as const
}

const earlier = (one: Date, other: Date | null): Date => (other && other < one ? other : one)

export type State = 'open' | 'used' | 'revoked' | 'ended'

/** What became of it, in one word. */
export const stateOf = ({ usedAt, revokedAt, expiresAt }: Invitation, now: Date): State => {
  if (usedAt) return 'used'
  if (revokedAt) return 'revoked'
  return now >= expiresAt ? 'ended' : 'open'
}

/** Fifty at a time, the latest first. `next` is where the next page begins. Nothing in it opens anything. */
export async function listInvitations(
  { invitations, now }: InvitationDeps,
  after?: string,
): Promise<{ invitations: (WithGroups & { state: State })[]; next: string | undefined }> {
  const rows = await invitations.listInvitations({ after: placeIn(after), most: PAGE + 1 })
  const page = rows.slice(0, PAGE).map((row) => ({ ...row, state: stateOf(row, now()) }))
  const last = page.at(-1)
  return { invitations: page, next: rows.length > PAGE && last ? `${last.createdAt.getTime()}-${last.id}` : undefined }
}

function placeIn(after: string | undefined): Place | undefined {
  const [, ms, id] = /^(\d{1,15})-([\w-]{1,64})$/.exec(after ?? '') ?? []
  return ms && id ? { createdAt: new Date(Number(ms)), id } : undefined
}

/** From now on its link makes no account. */
export async function revokeInvitation(
  { invitations, now }: InvitationDeps,
  id: string,
  by: Acting,
): Promise<{ ok: true } | { ok: false; reason: 'gone' }> {
  const at = now()
  const event = operatorsEvent('invitation_revoked', id, { by, at })
  const isRevoked = looksLikeId(id) && (await invitations.revokeInvitation({ id, now: at, event }))
  return isRevoked ? { ok: true } : { ok: false, reason: 'gone' }
}
