import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { hashToken, newId } from '../../../app/lib/tokens.ts'
import { newLinkToken } from '../../../app/mail/links.ts'
import { accounts, events, groups, invitationGroups, invitations, memberships } from '../../../db/schema.ts'
import { PASSWORD } from '../../../testing/names.ts'
import { newEmail } from '../../../testing/people.ts'
import type { Flow, Headers } from './flow.ts'
import { isSignedIn, makePerson } from './people.ts'
import type { World } from './world.ts'

const AN_HOUR = 60 * 60_000

export const INVITATION_FLOWS: Flow[] = [
  {
    name: 'sign up with an invitation',
    event: 'signed_up',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { id, groupId, path } = await makeInvitation(world, person.id)
      const email = newEmail()
      const browser = world.browser()
      await browser.get(path)
      const send = (headers?: Headers) => browser.post('/sign-up', { email, password: PASSWORD }, headers)
      const made = () => madeBy(world, { id, groupId, email })
      return {
        person,
        rows: made,
        send,
        leadsTo: '/',
        async before() {
          assert.ok(!(await isSignedIn(browser)))
          assert.equal((await send()).location, '/', 'the invitation is still good')
        },
        async after(answered) {
          const { invitation, account, members } = (await made()).kept
          assert.deepEqual([account.length, members.length], [1, 1], 'with its group')
          assert.deepEqual([invitation[0]?.usedBy, members[0]?.accountId], [account[0]?.id, account[0]?.id])
          assert.equal(await isSignedIn(browser), answered)
          const another = world.browser()
          await another.get(path)
          assert.equal((await another.get('/sign-up')).status, 410, 'the invitation is used up')
        },
      }
    },
  },
]

async function makeInvitation({ db }: World, invitedBy: number) {
  const [id, groupId, token, createdAt] = [newId(), newId(), newLinkToken(), new Date()]
  const expiresAt = new Date(createdAt.getTime() + AN_HOUR)
  const row = { id, tokenHash: hashToken(token), email: null, role: 'member', invitedBy, createdAt, expiresAt } as const
  await db.insert(groups).values({ id: groupId, name: `group-${groupId.toLowerCase()}`, createdAt })
  await db.insert(invitations).values(row)
  await db.insert(invitationGroups).values({ invitationId: id, groupId })
  return { id, groupId, path: `/sign-up?invitation=${token}` }
}

/** Who is invited has no rows until then: the invitation's own tell whether it happened. */
async function madeBy({ db }: World, { id, groupId, email }: { id: string; groupId: string; email: string }) {
  const log = await db.select().from(events).where(eq(events.subject, id))
  const kept = {
    invitation: await db.select().from(invitations).where(eq(invitations.id, id)),
    account: await db.select().from(accounts).where(eq(accounts.email, email)),
    members: await db.select().from(memberships).where(eq(memberships.groupId, groupId)),
  }
  return { kept, count: (kind: string) => log.filter((event) => event.kind === kind).length }
}
