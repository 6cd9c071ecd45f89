import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import pg from 'pg'
import { openDatabase } from '#db/client.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  answerCode,
  codeOf,
  latchkey,
  manyOwingCode,
  newEmail,
  PASSWORD,
  testDatabase,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const home = await testDatabase()
const database = openDatabase(home.url, { pool: 3, timeout: 1000 })
const product = await latchkey({}, { database })
const operator = new pg.Client(home.url)
await operator.connect()
after(async () => {
  await operator.end()
  await product.close()
  await home.close()
})
afterEach(async () => {
  await operator.query('drop trigger if exists fails on sessions')
  product.faults.splice(0)
  await assertInvariants(database)
})
await operator.query('create sequence tries')

/** Everything that writes a session does this first. */
async function sessions(does: string) {
  await operator.query('alter sequence tries restart')
  await operator.query(`
    create or replace function fails() returns trigger language plpgsql as $$ begin ${does}; return new; end $$;
    create trigger fails before insert on sessions for each row execute function fails()`)
}
const fails = (code: string, times: number) =>
  sessions(`if nextval('tries') <= ${times} then raise exception 'again' using errcode = '${code}'; end if`)

/** Somebody with a second factor, and a browser that owes its code. */
async function owing() {
  const owner = await withTwoFactor(product)
  const [browser] = await manyOwingCode(product, owner.email, 1)
  if (!browser) throw new Error('There is no browser.')
  return { ...owner, browser, code: codeOf(owner.key, product.clock.now()) }
}
const rows = async (email: string) => {
  const { sessions, factors, pendingSignIns, count } = await stateOf(database, email)
  return [sessions.length, factors[0]?.counter, pendingSignIns.length, count('signed_in')]
}

describe('PostgreSQL that fails under a sign-in (A70)', () => {
  for (const code of ['40001', '40P01'])
    test(`${code} twice: nobody notices, and it is done once and told once`, async () => {
      const { browser, email, code: typed } = await owing()
      await fails(code, 2)
      assert.equal((await answerCode(browser, typed)).location, '/')
      assert.equal((await stateOf(database, email)).count('signed_in'), 2)
      assert.deepEqual(product.faults, [])
    })

  for (const [code, what] of [
    ['40001', 'a serialization failure that stays'],
    ['40P01', 'a deadlock that stays'],
    ['53100', 'a full disk'],
    ['57P01', 'a server that goes'],
  ] as const)
    test(`${what}: 503, nothing done, and the same code opens when it has passed`, async () => {
      const { browser, email, code: typed } = await owing()
      const before = await rows(email)
      await fails(code, 1000)
      const answer = await answerCode(browser, typed)
      assert.equal(answer.status, 503)
      assert.match(answer.headers.get('Retry-After') ?? '', /^\d+$/)
      assert.deepEqual(await rows(email), before)
      assert.equal(product.faults.length, 1)
      await operator.query('drop trigger fails on sessions')
      product.clock.advance(1)
      assert.equal((await answerCode(browser, typed)).location, '/')
    })

  test('the connection is cut in the middle: 503, nothing done, and it goes on by itself', async () => {
    const { browser, email, code } = await owing()
    const before = await rows(email)
    await sessions('perform pg_terminate_backend(pg_backend_pid())')
    assert.equal((await answerCode(browser, code)).status, 503)
    assert.deepEqual(await rows(email), before)
    await operator.query('drop trigger fails on sessions')
    assert.equal((await answerCode(browser, code)).location, '/')
  })

  test('every connection is cut at once, again and again: whoever asks next is served', async () => {
    const { browser } = await owing()
    const all = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
    for (let times = 0; times < 5; times++) {
      await Promise.all([1, 2, 3].map(() => browser.get('/sign-in/two-factor')))
      await operator.query(all)
      await operator.query('select pg_sleep(0.1)')
      assert.equal((await browser.get('/sign-in/two-factor')).status, 200)
    }
  })

  test('everything is in use: those who wait too long are told, and all is well when it is free', async () => {
    const owner = await withTwoFactor(product)
    const many = await manyOwingCode(product, owner.email, 12)
    await sessions('perform pg_sleep(0.4)') // one after the other, because they all want the same account
    const code = codeOf(owner.key, product.clock.now())
    const answers = await Promise.all(many.map((browser) => answerCode(browser, code)))
    const statuses = answers.map(({ status }) => status)
    assert.ok(statuses.filter((status) => status === 303).length <= 1, 'the code opens once at most')
    for (const status of statuses) assert.ok([303, 422, 429, 503].includes(status), `answered ${status}`)
    await operator.query('drop trigger fails on sessions')
    assert.equal((await product.browser().get('/sign-in')).status, 200)
    const { sessions: open } = await stateOf(database, owner.email)
    assert.equal(open.length, 1 + statuses.filter((status) => status === 303).length)
  })

  test('no connection is free: 503 at every door', async () => {
    const { browser } = await owing()
    const api = apiClient(product)
    const held = [1, 2, 3].map(() => hold())
    await Promise.all(held.map(({ begun }) => begun))
    const [page, problem] = await Promise.all([
      browser.get('/sign-in/two-factor'),
      api.call('POST', '/sessions', undefined, { email: newEmail(), password: PASSWORD }),
    ])
    assert.deepEqual([page.status, problem.status], [503, 503])
    assert.deepEqual([page.headers.get('Retry-After'), problem.headers.get('Retry-After')], ['2', '2'])
    await Promise.allSettled(held.map(({ ended }) => ended))
    assert.equal((await browser.get('/sign-in/two-factor')).status, 200)
  })
})

/** Holds a connection for longer than anybody waits for one. */
function hold() {
  let begins = () => {}
  const begun = new Promise<void>((resolve) => {
    begins = resolve
  })
  const waiting: PromiseLike<unknown> = {
    // biome-ignore lint/suspicious/noThenProperty: a statement is run by being awaited, and so is this
    then: (resolved, rejected) => {
      begins()
      return new Promise((resolve) => setTimeout(resolve, 1500)).then(resolved, rejected)
    },
  }
  const ended = database.atomically(() => [waiting])
  ended.catch(() => {})
  return { begun, ended }
}
