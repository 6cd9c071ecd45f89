import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { factors, limits } from '#db/schema.ts'
import { appBrowser, asking, codeFor, GATE, guestOf, joining, withApp } from '#testing/gate.ts'
import {
  answerCode,
  type Browser,
  browser,
  builtServer,
  byHttp,
  codeOf,
  copyOf,
  DONE,
  enrolling,
  manyOwingCode,
  owingCode,
  RECOVERY_CODES_PAGE as PAGE,
  PENDING,
  readCodesPage,
  remoteProduct,
  roundRobin,
  SET_UP,
  type ServerProcess,
  signedInWith,
  signedUp,
  untilSaid,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { answerPasskey, askedForPasskey, choosingPasskey, withPasskey } from '#testing/passkeys.ts'
import { softwareAuthenticator } from '#testing/software-authenticator.ts'
import { authenticatorAttempt } from '../identity/limits.ts'

// Four processes, one database, real time: the totals must be those of one process, whichever answers which request.
let port = 0
const { product, database, environment, close } = await remoteProduct(() => port)
const server = await builtServer()
const start = (more: Record<string, string> = {}) => server.start({ ...environment, ...more })
after(async () => {
  await server.end()
  await close()
})
afterEach(async () => {
  await assertInvariants(database)
  for (const { err, out } of server.started) {
    assert.equal(err(), '')
    assert.doesNotMatch(out(), /"msg":"fault"/, 'no request failed, nor waited for the database in vain')
  }
})

const now = (key: string) => codeOf(key, product.clock.now(), -1) // see remoteProduct
const wrong = (key: string) => codeOf(key, product.clock.now(), 700)
const each = <Result>(many: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: many }, (_, index) => work(index)))

/** How many got in. Every other one heard no, and nobody heard that we are too busy. */
async function letIn(browsers: Browser[], code: string) {
  const answers = await Promise.all(browsers.map((browser) => answerCode(browser, code)))
  for (const { status } of answers) assert.ok([303, 422, 429].includes(status), `answered ${status}`)
  return answers.filter(({ location }) => location === '/').length
}

/** What a proxy hears when it asks whether to send anything: the last answer within twenty seconds, or the first no. */
async function ready(one: ServerProcess) {
  let status = 0
  for (let asked = 0; asked < 400 && status !== 503; asked++) {
    status = (
      await browser(
        byHttp(() => one.port),
        {},
      ).get('/readyz')
    ).status
    await pause(50)
  }
  return status
}

async function oneCodeForFifty() {
  const { email, key } = await withTwoFactor(product)
  assert.equal(await letIn(await manyOwingCode(product, email, 50), codeOf(key, product.clock.now())), 1)
  const { sessions, events } = await stateOf(database, email)
  assert.equal(sessions.length, 2, 'the one that set it up, and the one that the code opened')
  assert.equal(events.filter(({ method }) => method === 'authenticator').length, 1)
}

async function doneTenTimes() {
  const { browser, email } = await signedUp(product)
  const { enrolment, codes } = await enrolling(product, browser)
  const answers = await each(10, () => copyOf(product, browser).post(DONE, { enrolment, saved: 'yes' }))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303]))
  const { factors, recoveryCodes, count } = await stateOf(database, email)
  assert.deepEqual([factors.length, recoveryCodes.length, count('second_factor_on')], [1, 12, 1])
  await signedInWith(product, email, codes[0] ?? '')
}

describe('four servers behind one address', () => {
  let proxy: Awaited<ReturnType<typeof roundRobin>>
  test('each answer a share of what is asked', async () => {
    const servers = await each(4, () => start({ DRAIN_SECONDS: '1' }))
    proxy = await roundRobin(servers.map((one) => one.port))
    port = proxy.port
    await each(8, () => product.browser().get('/sign-in'))
    assert.deepEqual([...proxy.taken.values()], [2, 2, 2, 2])
  })

  test('fifty parallel sign-ins with one code open exactly one session (A01, A76)', oneCodeForFifty)

  test('fifty parallel sign-ins with one recovery code open exactly one session and use one code (A02, A76)', async () => {
    const { email, codes } = await withTwoFactor(product)
    assert.equal(await letIn(await manyOwingCode(product, email, 50), codes[3] ?? ''), 1)
    const { recoveryCodes, count } = await stateOf(database, email)
    assert.equal(recoveryCodes.filter(({ usedAt }) => usedAt === null).length, 11)
    assert.equal(count('recovery_code_used'), 1)
  })

  test('thirty right passwords with four wrong codes behind each: five are looked at, then even the right one waits (A16, A76)', async () => {
    const { email, key } = await withTwoFactor(product)
    for (let rounds = 0; rounds < 30; rounds++) {
      const browser = await owingCode(product, email)
      await each(4, () => answerCode(browser, wrong(key)))
    }
    const { account, count } = await stateOf(database, email)
    assert.equal(count('code_wrong'), 5)
    assert.equal(await product.deps.limits.count(authenticatorAttempt(account.id).key), 5, 'no password made it forget')
    assert.equal((await answerCode(await owingCode(product, email), now(key))).status, 429)
  })

  test('after ninety-nine wrong codes in a row one of fifty at once is looked at, then none at all (A16, A76)', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const rule = authenticatorAttempt((await stateOf(database, email)).account.id)
    await product.deps.limits.charge({ delay: rule }, Date.now())
    await database.db.update(limits).set({ count: 99, blockedUntilMs: 0 }).where(eq(limits.key, rule.key))
    assert.equal(await letIn(await manyOwingCode(product, email, 50), wrong(key)), 0)
    assert.equal((await stateOf(database, email)).count('code_wrong'), 1)
    await database.db.update(limits).set({ blockedUntilMs: 0 }).where(eq(limits.key, rule.key))
    assert.equal(await letIn(await manyOwingCode(product, email, 4), now(key)), 0, 'the right one neither')
    await signedInWith(product, email, codes[0] ?? '')
  })

  test('two hundred wrong codes at once with five tries left: at most five are looked at (A18, A76)', async () => {
    const { email, key } = await withTwoFactor(product)
    const [browser] = await manyOwingCode(product, email, 1)
    const twins = Array.from({ length: 200 }, () => product.browser())
    for (const twin of twins) twin.cookies.set(PENDING, browser?.cookies.get(PENDING) ?? '')
    assert.equal(await letIn(twins, wrong(key)), 0)
    const looked = (await stateOf(database, email)).count('code_wrong')
    assert.ok(looked > 0 && looked <= 5, `${looked} were looked at`)
  })

  test('new recovery codes from eight windows at once: one whole set, and everybody sees the live one (A23, A76)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { set } = await viewingCodes(browser)
    const windows = Array.from({ length: 8 }, () => copyOf(product, browser))
    await Promise.all(windows.map((window) => window.post(`${PAGE}/regenerate`, { set })))
    const pages = (await Promise.all(windows.map((window) => window.get(PAGE)))).map(({ html }) => readCodesPage(html))
    for (const { codes } of pages) assert.deepEqual(codes, pages[0]?.codes)
    const { recoveryCodes, count } = await stateOf(database, email)
    assert.deepEqual([recoveryCodes.length, count('recovery_codes_regenerated')], [12, 1])
    await signedInWith(product, email, pages[0]?.codes[0] ?? '')
  })

  test('Done ten times at once turns it on once: one activation, one set, one row (A26, A76)', doneTenTimes)

  test('twenty equal answers of one passkey at once open one session (K04, A76)', async () => {
    const { email, device } = await withPasskey(product)
    const { browser, options } = await askedForPasskey(product, email)
    const answer = device.sign(options)
    const answers = await each(20, () => answerPasskey(copyOf(product, browser), answer))
    for (const { status } of answers) assert.ok([303, 422, 429].includes(status), `answered ${status}`)
    assert.equal(answers.filter(({ location }) => location === '/').length, 1)
    assert.equal((await stateOf(database, email)).sessions.length, 2)
  })

  test('one passkey that eight accounts register at once is that of one of them (K05, A76)', async () => {
    const device = softwareAuthenticator()
    const people = await each(8, async () => {
      const { browser } = await signedUp(product)
      const { enrolment, options } = await choosingPasskey(browser)
      const next = await browser.post(SET_UP, { enrolment, passkey: device.register(options) })
      assert.equal(next.location, DONE)
      return { browser, enrolment }
    })
    const answers = await Promise.all(
      people.map(({ browser, enrolment }) => browser.post(DONE, { enrolment, saved: 'yes' })),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, ...Array(7).fill(422)])
    const owners = await database.db.select().from(factors).where(eq(factors.credentialId, device.id))
    assert.equal(owners.length, 1)
  })

  test('one code for an app, shown forty times at once, lets its browser in once (G14, A76)', async () => {
    const { browser: portal, email } = await signedUp(product)
    const { host, group } = await withApp(product)
    await joining(product, email, group)
    const visitor = appBrowser(product)
    const url = await codeFor(product, portal, (await visitor.asks(`https://${host}/`)).location)
    const answers = await each(40, () => visitor.asks(url))
    const cookies = answers
      .flatMap(({ headers }) => headers.getSetCookie())
      .filter((line) => line.startsWith(`${GATE}=`))
    assert.equal(cookies.length, 1)
    assert.equal((await visitor.asks(`https://${host}/`)).status, 200)
  })

  test('who signs out is out at the app, whichever process is asked next (G12, A76)', async () => {
    const { host, portal, browser: visitor, cookie } = await guestOf(product)
    const statuses = async () =>
      (await each(8, () => asking(product.carry, `https://${host}/`, { headers: { Cookie: cookie } }))).map(
        ({ status }) => status,
      )
    assert.deepEqual(await statuses(), Array(8).fill(200))
    await portal.post('/sign-out')
    assert.deepEqual(await statuses(), Array(8).fill(401))
    assert.equal((await visitor.asks(`https://${host}/`)).status, 302)
  })

  test('twenty people at once are nobody’s wait: none is told that we are too busy', async () => {
    const people = await each(20, () => withTwoFactor(product))
    const inside = await Promise.all(
      people.map(async ({ email, key }) =>
        letIn(await manyOwingCode(product, email, 2), codeOf(key, product.clock.now())),
      ),
    )
    assert.deepEqual(inside, Array(20).fill(1))
  })

  test('stop one after the other while people go on, and nobody notices', async () => {
    const { browser } = await signedUp(product)
    for (const one of server.started.slice(1)) {
      one.child.kill('SIGTERM')
      assert.equal(await ready(one), 503, 'as soon as it is told, and while it still answers')
      const asking = each(20, () => browser.get('/settings/account'))
      proxy.takeOut(one.port)
      for (const { status } of [...(await asking), await browser.get('/')]) assert.equal(status, 200)
      assert.deepEqual(await one.ended, [0, null])
    }
    proxy.close()
  })
})

describe('one server with four workers', () => {
  let one: ServerProcess
  /** Their process ids, once the log has all four, which start side by side and come in any order. */
  const workersOf = async () => {
    for (const worker of [1, 2, 3, 4])
      await untilSaid(one, new RegExp(`"worker":${worker},[^\\n]+"msg":"worker_serves"`))
    const pids = new Map<string, number>()
    for (const [, worker = '', pid] of one.out().matchAll(/"worker":(\d),"pid":(\d+),"msg":"worker_serves"/g))
      pids.set(worker, Number(pid))
    return [...pids.values()]
  }

  test('says once where it is, and each of them answers there', async () => {
    one = await start({ WORKERS: '4' })
    port = one.port
    assert.equal((await product.browser().get('/sign-in')).status, 200)
    assert.match(one.out(), /^Latchkey is at [^\n]+\n\{[^\n]+"msg":"started"\}\n/)
    assert.equal((await workersOf()).length, 4)
  })

  test('fifty parallel sign-ins with one code open exactly one session (A01, A76)', oneCodeForFifty)
  test('Done ten times at once turns it on once (A26, A76)', doneTenTimes)

  test('goes on when a worker is killed: another takes its place, and nothing that was answered is lost', async () => {
    const emails: string[] = []
    let isOver = false
    const signingUp = each(4, async () => {
      while (!isOver)
        await signedUp(product).then(
          ({ email }) => emails.push(email),
          (error) => assert.equal(error.code, 'ECONNRESET', 'what was in work is cut off, and nothing else happens'),
        )
    })
    const before = await workersOf()
    for (const victim of before.slice(0, 2)) {
      const from = one.out().length
      process.kill(victim, 'SIGKILL')
      assert.equal(await untilSaid(one, /"exit":"(\w+)","msg":"worker_ended"/, from), 'SIGKILL')
      await untilSaid(one, /"msg":"worker_serves"/, from)
    }
    isOver = true
    await signingUp
    const afterwards = await workersOf()
    assert.equal(afterwards.length, 4)
    assert.equal(afterwards.filter((pid) => before.includes(pid)).length, 2)
    assert.ok(emails.length > 0)
    for (const email of emails) assert.equal((await stateOf(database, email)).sessions.length, 1)
  })
})
