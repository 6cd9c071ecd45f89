import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { rescueCodeText } from '../../../app/identity/rescue-code.ts'
import { readTypedCode } from '../../../app/lib/codes.ts'
import { hashToken, newId } from '../../../app/lib/tokens.ts'
import { newLinkToken } from '../../../app/mail/links.ts'
import * as schema from '../../../db/schema.ts'
import { assertInvariants, stateOf } from '../../../testing/invariants.ts'
import { BASE_URL } from '../../../testing/names.ts'
import { newEmail } from '../../../testing/people.ts'
import { everyRow } from '../../../testing/tables.ts'
import type { CommandFlow } from './command-flow.ts'
import { makePerson } from './people.ts'
import type { World } from './world.ts'

const AN_HOUR = 60 * 60_000
export const SETTINGS = { BASE_URL, SIGN_UP: 'invited', RATE_LIMIT_PER_ADDRESS: '0', SMTP_URL: 'smtp://localhost:1' }

/** What operators do to accounts and invitations. Each is one transaction: whole or not at all. */
export const OPERATORS: CommandFlow[] = [
  {
    name: 'begin a rescue',
    begin: async (world) => async () => {
      const { id, email } = await makePerson(world, 1)
      const done = async () => {
        const { rescues, count } = await stateOf(world, email)
        assert.deepEqual([rescues.length, count('rescue_begun') > 0], [1, true])
        return rescues[0]?.codeHash ?? ''
      }
      return {
        ...(await wholly(world, done)),
        given: [email],
        settings: SETTINGS,
        async atTheEnd(answered) {
          const { code } = z.object({ ok: z.literal(true), code: z.string() }).parse(answered)
          const read = readTypedCode(code)
          assert.ok(read.kind === 'recovery_code', 'it has the shape of a recovery code')
          const isIts = world.vault.verifies('rescue-code-hash', rescueCodeText(id, read.code), await done())
          assert.ok(isIts, 'the operator has been shown the code that works')
          await world.assertInvariants([code])
        },
      }
    },
  },
  {
    name: 'approve a rescue',
    begin: async (world) => async () => {
      const { id, email } = await makePerson(world, 1)
      const [asks, approves] = [await makePerson(world, 1), await makePerson(world, 1)]
      const expiresAt = new Date(Date.now() + AN_HOUR)
      await world.db.insert(schema.rescues).values({ accountId: id, askedBy: asks.id, reason: 'Lost it', expiresAt })
      const done = async () => {
        const { rescues, count } = await stateOf(world, email)
        assert.deepEqual([rescues.length, count('rescue_approved')], [1, 1])
        assert.ok(rescues[0]?.codeHash, 'it has a code')
      }
      return {
        ...(await wholly(world, done)),
        given: [email, String(approves.id)],
        settings: { ...SETTINGS, RESCUE_APPROVALS: '2' },
        atTheEnd: done,
      }
    },
  },
  {
    name: 'invite',
    begin: async (world) => {
      const group = { id: newId(), name: 'staff', createdAt: new Date() }
      await world.db.insert(schema.groups).values(group)
      return async () => {
        const email = newEmail()
        const { length: mailsBefore } = await world.db.select().from(schema.mails)
        const done = async () => {
          const { invitations, invitationGroups, events, mails } = schema
          const made = await world.db.select().from(invitations).where(eq(invitations.email, email))
          assert.ok(made.length > 0, 'there is one')
          for (const { id } of made) {
            const joined = await world.db.select().from(invitationGroups).where(eq(invitationGroups.invitationId, id))
            const log = await world.db.select().from(events).where(eq(events.subject, id))
            assert.deepEqual([joined.length, log.length], [1, 1], 'with its group and its row in the log')
          }
          assert.equal((await world.db.select().from(mails)).length, mailsBefore + made.length, 'with its mail')
        }
        return { ...(await wholly(world, done)), given: [email, group.name], settings: SETTINGS, atTheEnd: done }
      }
    },
  },
  {
    name: 'revoke an invitation',
    begin: async (world) => async () => {
      const [id, createdAt] = [newId(), new Date()]
      const expiresAt = new Date(createdAt.getTime() + AN_HOUR)
      const row = { id, tokenHash: hashToken(newLinkToken()), role: 'member', createdAt, expiresAt } as const
      await world.db.insert(schema.invitations).values(row)
      const done = async () => {
        const [invitation] = await world.db.select().from(schema.invitations).where(eq(schema.invitations.id, id))
        const log = await world.db.select().from(schema.events).where(eq(schema.events.subject, id))
        assert.ok(invitation?.revokedAt, 'it is revoked')
        assert.deepEqual(
          log.map(({ kind }) => kind),
          ['invitation_revoked'],
        )
      }
      return { ...(await wholly(world, done)), given: [id], settings: SETTINGS, atTheEnd: done }
    },
  },
  {
    name: 'make the first operator’s link',
    begin: async (world) => async () => {
      const done = async () => void (await firstLink(world))
      return {
        ...(await wholly(world, done)),
        settings: SETTINGS,
        async atTheEnd(answered) {
          const token = new URL(z.url().parse(answered)).searchParams.get('invitation') ?? ''
          assert.equal((await firstLink(world)).tokenHash, hashToken(token), 'the link that was printed works')
        },
      }
    },
  },
  {
    name: 'use the first operator’s link',
    begin: async (world) => async () => {
      for (const table of [schema.invitations, schema.events, schema.accounts]) await world.db.delete(table)
      const [token, email, createdAt] = [newLinkToken(), newEmail(), new Date()]
      const expiresAt = new Date(createdAt.getTime() + AN_HOUR)
      const row = { id: FIRST, tokenHash: hashToken(token), role: 'operator', createdAt, expiresAt } as const
      await world.db.insert(schema.invitations).values(row)
      const done = async () => {
        const { account, kinds, sessions } = await stateOf(world, email)
        assert.deepEqual([account.role, sessions.length], ['operator', 1])
        assert.deepEqual(kinds.sort(), ['operator_added', 'signed_in', 'signed_up'])
        assert.equal((await firstLink(world)).usedBy, account.id)
        assert.equal((await world.db.select().from(schema.accounts)).length, 1)
      }
      return {
        ...(await wholly(world, done)),
        given: [token, email],
        settings: { ...SETTINGS, SIGN_UP: 'closed', SMTP_URL: '' },
        atTheEnd: done,
      }
    },
  },
]

const FIRST = 'first-operator'

async function firstLink({ db }: World) {
  const [link] = await db.select().from(schema.invitations).where(eq(schema.invitations.id, FIRST))
  assert.ok(link, 'there is a link')
  return link
}

/** After a kill, either no row of any table has changed, or `done` holds. */
export async function wholly(world: World, done: () => Promise<unknown>) {
  const before = await everyRow({ database: world })
  return {
    async afterKill() {
      if (!isDeepStrictEqual(await everyRow({ database: world }), before)) await done()
      await assertInvariants({ db: new Proxy(world.db, {}) }) // another object: rows were deleted since the last look
    },
  }
}
