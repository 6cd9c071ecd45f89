import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import { type Asking, appToken, asking, BEHIND_PROXY, entering, joining, NAVIGATION, withApp } from '#testing/gate.ts'
import { everyRow, latchkey, signedUp, withTwoFactor } from '#testing/index.ts'
import type { Verdict } from './check.ts'
import { explain } from './explain.ts'

const product = await latchkey(BEHIND_PROXY)
const { clock, database, deps } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

async function explained(url: string, of: { called?: string; address?: string } = {}) {
  const before = await everyRow(product)
  const found = await explain(deps, { url, ...of })
  assert.deepEqual(await everyRow(product), before)
  assert.ok(found.ok, 'it is explained')
  return found.explained
}

/** What a navigation is answered, as a verdict says it. */
const STATUS = { let_in: 200, sign_in: 302, step_up: 302, sign_out: 302, refused: 403 }
const statusOf = ({ verdict }: Verdict) => STATUS[verdict]
const page = (url: string, of: Asking = {}) => asking(product.carry, url, { headers: NAVIGATION, ...of })

const RULES = {
  level: 'second_factor' as const,
  maxAge: 3600,
  paths: [
    { path: '/share/', level: 'public' as const, maxAge: null },
    { path: '/admin/', level: 'second_factor' as const, maxAge: 60 },
  ],
  networks: [{ network: '10.1.0.0/16', level: 'password' as const }],
}
const PATHS = ['/', '/share/a', '/admin/', '/ADMIN/x', '/a/../share/a', '/%73hare/', '/é']

describe('what is explained', () => {
  test('is what the check answers: of a stranger, a member, somebody else and one with a second factor, from near and far', async () => {
    const { host, group } = await withApp(product, RULES)
    const [member, stranger, careful] = [await signedUp(product), await signedUp(product), await withTwoFactor(product)]
    for (const { email } of [member, careful]) await joining(product, email, group)
    let compared = 0
    for (const address of ['192.0.2.1', '10.1.2.3'])
      for (const { email, browser } of [member, stranger, careful]) {
        const at = await entering(product, browser, `https://${host}/`, { address })
        for (const path of PATHS) {
          const url = `https://${host}${path}`
          const sent = url.replace('é', '%C3%A9')
          const found = await explained(url, { called: email, address })
          assert.equal(statusOf(found.stranger), (await page(sent, { address })).status, `a stranger at ${url}`)
          const way = found.ways.find(({ way }) => way.by === 'session')
          const isThere = at.cookiesAt(host).has('__Host-latchkey-gate')
          if (way && isThere) {
            assert.equal(
              statusOf(way.verdict),
              (await at.asks(sent, { address })).status,
              `${email} at ${url} from ${address}`,
            )
            compared++
          }
        }
      }
    assert.ok(compared >= 2 * 3 * PATHS.length, `${compared} were compared`)
  })

  test('names the rule that decides', async () => {
    const { host } = await withApp(product, RULES)
    const by = async (path: string, address?: string) => {
      const { by, ...rest } = (await explained(`https://${host}${path}`, address ? { address } : {})).required
      return 'rule' in rest ? `${by} ${rest.rule}` : by
    }
    assert.equal(await by(''), 'app')
    assert.equal(await by('/?a=/admin/'), 'app')
    assert.equal(await by('/admin'), 'path /admin/')
    assert.equal(await by('/Share/'), 'app')
    assert.equal(await by('/x//y'), 'strictest')
    assert.equal(await by('/', '10.1.2.3'), 'network 10.1.0.0/16')
  })

  test('is also what each sign-in and an access token would get that nobody has yet', async () => {
    const { host, group, name } = await withApp(product, { level: 'second_factor' })
    const [plain, careful] = [await signedUp(product), await withTwoFactor(product)]
    for (const { email } of [plain, careful]) await joining(product, email, group)
    const waysOf = async (called: string, at = host) =>
      (await explained(`https://${at}/`, { called })).ways
        .filter(({ way }) => way.by !== 'session')
        .map(({ way, verdict }) =>
          [way.by === 'sign_in' ? way.method : way.by, verdict.verdict, 'missing' in verdict && verdict.missing]
            .filter(Boolean)
            .join(' '),
        )
    assert.deepEqual(await waysOf(plain.email), ['password step_up set_up_second_factor', 'access_token let_in'])
    const all = ['authenticator let_in', 'trusted_browser let_in', 'access_token let_in']
    assert.deepEqual(await waysOf(careful.email), all)
    const strict = await withApp(product, { groups: [group], level: 'second_factor', maxAge: 60 })
    assert.deepEqual((await waysOf(careful.email, strict.host))[1], 'trusted_browser step_up second_factor')
    const { value: token } = await appToken(product, careful.browser, name)
    assert.equal((await page(`https://${host}/`, { headers: { Authorization: `Bearer ${token}` } })).status, 200)

    const ofCareful = eq(accounts.email, careful.email)
    await database.db.update(accounts).set({ suspendedAt: clock.now() }).where(ofCareful)
    assert.deepEqual(
      await waysOf(careful.email),
      all.map((way) => way.replace('let_in', 'sign_in')),
    )
    await database.db.update(accounts).set({ suspendedAt: null, tokensFrozenAt: clock.now() }).where(ofCareful)
    assert.deepEqual(await waysOf(careful.email), [...all.slice(0, 2), 'access_token sign_in'])
  })

  test('is said of no app where none is, and of what is no URL', async () => {
    const { host } = await withApp(product)
    const reason = async (url: string, called?: string) => {
      const found = await explain(deps, { url, called })
      return found.ok ? 'explained' : found.reason
    }
    assert.equal(await reason(`HTTPS://${host.toUpperCase()}.:443/`), 'explained')
    assert.equal(await reason(`http://${host}/`), 'other_scheme')
    assert.equal(await reason('https://nobodys.example/'), 'unknown_host')
    for (const url of [host, '', 'https://', `https://u@${host}/`, `https:${host}`])
      assert.equal(await reason(url), 'no_url', url)
    assert.equal(await reason(`https://${host}/`, 'nobody@example.com'), 'no_such_account')
    assert.equal((await explained(`https://${host}/.latchkey/sign-out?a`)).isSignOut, true)
  })
})
