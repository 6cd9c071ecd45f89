import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import { appToken, asking, BEHIND_PROXY, guestOf } from '#testing/gate.ts'
import { followed, latchkey, PASSWORD, pathIn, queuedFor, SESSIONS_PAGE, TOKENS_PAGE } from '#testing/index.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { deleteGroup, removeMember } from '../operators/groups.ts'
import { setPolicy } from '../operators/policy.ts'
import { suspend } from '../operators/suspension.ts'
import { applyApps, everyApp, planApps } from './apply.ts'
import { changeApp, deleteApp } from './apps.ts'
import { asWritten, type WrittenApp } from './written-app.ts'

const product = await latchkey(BEHIND_PROXY)
const { carry, clock, database, deps } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }
const FIVE_MINUTES = 5 * 60_000
type Guest = Awaited<ReturnType<typeof guestOf>> & { token: Awaited<ReturnType<typeof appToken>> }
type End = { does: (guest: Guest) => Promise<unknown>; session: number; token: number }

/** What can happen to somebody at an app, and how the check answers the next request of a script: 401 sign in, 403 not for you. */
const ENDS: Record<string, End> = {
  'the person leaves the group': {
    does: ({ group, email }) => removeMember(deps, { group, called: email }, BY),
    ...{ session: 403, token: 403 },
  },
  'the membership comes to its end': {
    does: async () => clock.advance(FIVE_MINUTES),
    ...{ session: 403, token: 403 },
  },
  'the group is deleted': { does: ({ group }) => deleteGroup(deps, group, BY), session: 403, token: 403 },
  'the app is for another group': {
    does: ({ name }) => changeApp(deps, name, { groups: [] }, BY),
    ...{ session: 403, token: 403 },
  },
  'the app takes no tokens': {
    does: ({ name }) => changeApp(deps, name, { takesTokens: false }, BY),
    ...{ session: 200, token: 403 },
  },
  'the app asks for a second factor': {
    does: ({ name }) => changeApp(deps, name, { level: 'second_factor' }, BY),
    ...{ session: 401, token: 200 },
  },
  'the app is deleted': { does: ({ name }) => deleteApp(deps, name, BY), session: 403, token: 403 },
  'the account is suspended': { does: ({ email }) => suspend(deps, email, BY), session: 401, token: 401 },
  'a guest’s account comes to its end': {
    does: async ({ email }) =>
      database.db.update(accounts).set({ endsAt: clock.now() }).where(eq(accounts.email, email)),
    ...{ session: 401, token: 401 },
  },
  'a policy asks for a second factor': {
    does: ({ group }) => setPolicy(deps, { level: 'required', group, from: undefined }, BY),
    ...{ session: 401, token: 401 },
  },
  'the person signs out': { does: ({ portal }) => portal.post('/sign-out'), session: 401, token: 200 },
  'the person signs out everywhere, and of all tokens': {
    does: ({ portal }) => portal.post(`${SESSIONS_PAGE}/everything`),
    ...{ session: 401, token: 401 },
  },
  'somebody changes the password in another browser': {
    async does({ email }) {
      const other = product.browser()
      await other.post('/sign-in', { email, password: PASSWORD })
      await other.post('/settings/password', { current: PASSWORD, new: 'seven copper lanterns sing' })
    },
    ...{ session: 401, token: 200 },
  },
  'the owner of the address says that it was not them': {
    async does({ email }) {
      const mail = (await queuedFor(product, email)).findLast(({ subject }) => /token was generated/.test(subject))
      const reader = product.browser()
      await followed(reader, mail ? pathIn(mail) : '')
      await reader.post('/mail/not-me')
    },
    ...{ session: 401, token: 401 },
  },
  'the token is removed': {
    does: ({ portal, token }) => portal.post(`${TOKENS_PAGE}/remove`, { ids: token.id, password: PASSWORD }),
    ...{ session: 200, token: 401 },
  },
  'the account is deleted': {
    does: async ({ email }) => database.db.delete(accounts).where(eq(accounts.email, email)),
    ...{ session: 401, token: 401 },
  },
  'the session was idle for too long': {
    does: async () => clock.advance(deps.sessionIdle),
    ...{ session: 401, token: 403 }, // the membership of the tests is over as well
  },
}

describe('the very next request to an app feels it when', () => {
  for (const [what, { does, session, token }] of Object.entries(ENDS))
    test(`${what} (G12)`, async () => {
      const guest = await guestOf(product, { until: new Date(clock.now().getTime() + FIVE_MINUTES) })
      const { value, id } = await appToken(product, guest.portal, guest.name)
      const statuses = async () => {
        const ask = async (headers: Record<string, string>) =>
          (await asking(carry, `https://${guest.host}/`, { headers })).status
        return [await ask({ Cookie: guest.cookie }), await ask({ Authorization: `Bearer ${value}` })]
      }
      assert.deepEqual(await statuses(), [200, 200])
      await does({ ...guest, token: { value, id } })
      assert.deepEqual(await statuses(), [session, token])
      assert.deepEqual(await statuses(), [session, token], 'and the ones after it')
    })
})

/** What an operator can change of an app that asks for a second factor of everybody but those in one network, and what a script hears then. */
const CHANGES: Record<string, { to: Partial<WrittenApp>; status: number; user: boolean }> = {
  'its groups': { to: { groups: [] }, status: 403, user: false },
  'its paths': { to: { paths: ['/album/ second_factor 15m'] }, status: 401, user: false },
  'its networks': { to: { networks: [] }, status: 401, user: false },
  'what it hears': { to: { tellsIdentity: false }, status: 200, user: false },
}

describe('a process that knows what an app asks for feels at once what another one changes:', () => {
  for (const [what, { to, status, user }] of Object.entries(CHANGES))
    for (const way of ['alone', 'by a file of all apps'] as const)
      test(`${what}, ${way} (G12)`, async () => {
        const networks = [{ network: '192.0.2.0/24', level: 'password' as const }]
        const guest = await guestOf(product, { level: 'second_factor', networks })
        const hears = async () => {
          const { status, headers } = await asking(carry, `https://${guest.host}/album/7`, {
            headers: { Cookie: guest.cookie },
          })
          return { status, user: Boolean(headers.get('Remote-User')) }
        }
        assert.deepEqual(await hears(), { status: 200, user: true })
        const { deps: other } = await latchkey(BEHIND_PROXY, { database, clock })
        if (way === 'alone') await changeApp(other, guest.name, to, BY)
        else {
          const apps = (await everyApp(other)).map(asWritten)
          const wanted = apps.map((app) => (app.name === guest.name ? { ...app, ...to } : app))
          const found = await planApps(other, wanted)
          assert.ok(found.ok, 'the file is good')
          assert.deepEqual(await applyApps(other, { wanted, plan: found.plan }, BY), { ok: true })
        }
        assert.deepEqual(await hears(), { status, user })
      })
})
