import { hashToken, newId } from '#app/lib/tokens.ts'
import type { Database } from '#db/client.ts'
import * as schema from '#db/schema.ts'

const DAY = 24 * 60 * 60_000
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

/** What ends by itself, by its table. Sessions are there twice, for their age and for idling. */
export const ENDS = [
  'pending_sign_ins',
  'pending_enrolments',
  'gate_codes',
  'openid_records',
  'spent_challenges',
  'sessions',
  'idle_sessions',
  'trusted_browsers',
  'known_browsers',
  'mail_links',
  'former_addresses',
  'former_usernames',
  'invitations',
  'memberships',
  'limits',
  'access_tokens',
  'events',
] as const
type Ending = (typeof ENDS)[number]

/**
 * Writes a row of each kind that ends `ms` milliseconds after `now`, or ended that long before. An enrolment and a
 * hand-over need a live session, whose browser is called "API". Of an access token, the former value ends.
 */
export async function endingAt(
  { db }: Pick<Database, 'db'>,
  accountId: number,
  now: Date,
  ms: number,
  kinds: readonly Ending[] = ENDS,
): Promise<void> {
  const from = (later: number) => new Date(now.getTime() + ms + later)
  const end = { expiresAt: from(0) }
  const whose = { accountId, tokenHash: newId() }
  const session = (of: { expiresAt: Date; lastSeenAt: Date }) => ({
    ...{ accountId, id: newId(), tokenHash: newId(), method: 'password' as const, startedAt: now },
    ...ORIGIN,
    ...of,
  })
  const trusted = { ...whose, id: newId(), securityVersion: 1, trustedAt: now, ...end, ...ORIGIN }
  const later = new Date(now.getTime() + DAY)
  const enrolling = { ...session({ expiresAt: later, lastSeenAt: later }), browser: 'API' }
  const writing: Record<Ending, () => PromiseLike<unknown>> = {
    pending_sign_ins: () =>
      db.insert(schema.pendingSignIns).values({ ...whose, securityVersion: 1, attemptsLeft: 5, ...end }),
    async pending_enrolments() {
      await db.insert(schema.sessions).values(enrolling)
      await db.insert(schema.pendingEnrolments).values({ sessionId: enrolling.id, enrolment: 'sealed', ...end })
    },
    async gate_codes() {
      const { host } = await aHost({ db }, now)
      const opening = { ...enrolling, id: newId(), tokenHash: newId() }
      await db.insert(schema.sessions).values(opening)
      const [codeHash, nonceHash] = [hashToken(newId()), hashToken(newId())]
      await db.insert(schema.gateCodes).values({ codeHash, nonceHash, sessionId: opening.id, host, ...end })
    },
    openid_records: () =>
      db.insert(schema.openidRecords).values({ id: newId(), kind: 'Interaction', payload: 'sealed', ...end }),
    spent_challenges: () => db.insert(schema.spentChallenges).values({ hash: newId(), ...end }),
    sessions: () => db.insert(schema.sessions).values(session({ ...end, lastSeenAt: now })),
    idle_sessions: () =>
      db.insert(schema.sessions).values(session({ expiresAt: from(DAY), lastSeenAt: from(-60 * 60_000) })),
    trusted_browsers: () => db.insert(schema.trustedBrowsers).values(trusted),
    known_browsers: () =>
      db.insert(schema.knownBrowsers).values({ ...whose, firstSeenAt: from(-365 * DAY), lastSeenAt: from(-365 * DAY) }),
    mail_links: () =>
      db.insert(schema.mailLinks).values({ ...whose, purpose: 'not_me', payload: 'sealed', createdAt: now, ...end }),
    former_addresses: () =>
      db
        .insert(schema.formerAddresses)
        .values({ id: newId(), accountId, email: 'before@example.com', leftAt: now, kept: '{}', ...end }),
    former_usernames: () =>
      db.insert(schema.formerUsernames).values({ usernameLook: newId(), accountId, keptUntil: from(0) }),
    invitations: () =>
      db.insert(schema.invitations).values({ id: newId(), tokenHash: newId(), role: 'member', createdAt: now, ...end }),
    async memberships() {
      const group = { id: newId(), name: newId(), createdAt: now }
      await db.insert(schema.groups).values(group)
      await db.insert(schema.memberships).values({ accountId, groupId: group.id, addedAt: now, until: from(0) })
    },
    limits: () =>
      db.insert(schema.limits).values({ key: newId(), count: 1, blockedUntilMs: 0, expiresAtMs: from(0).getTime() }),
    access_tokens: () =>
      db.insert(schema.accessTokens).values({
        ...{ ...whose, id: newId(), hint: 'abcd', description: 'Backup', scopes: 'account:read', createdAt: now },
        ...{ previousHash: newId(), previousUntil: from(0) },
      }),
    events: () =>
      db.insert(schema.events).values({ accountId, id: newId(), kind: 'signed_out', at: from(-400 * DAY), ...ORIGIN }),
  }
  for (const kind of kinds) await writing[kind]()
}

/** An app's, at which somebody can be. */
export async function aHost({ db }: Pick<Database, 'db'>, now: Date) {
  const name = newId()
  const app = { id: newId(), name, title: name, level: 'password' as const, createdAt: now }
  await db.insert(schema.apps).values({ ...app, takesTokens: 0, tellsIdentity: 0 })
  const host = { host: `${name}.example.test`, appId: app.id, position: 0 }
  await db.insert(schema.appHosts).values(host)
  return host
}
