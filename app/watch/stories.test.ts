import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  answerCode,
  codeOf,
  keptLog,
  latchkey,
  loggedEvents,
  newEmail,
  owingCode,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  replacing,
  viewingCodes,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, assertUnreadable } from '#testing/invariants.ts'

// Everything that can happen to an account, at the most talkative log level. The tests look for every secret in the log.
const kept = keptLog('debug')
const product = await latchkey({}, { log: kept.log })
after(product.close)

const NEW_PASSWORD = 'granite lantern rows south'
const TYPED = 'hunter2-typed-in-the-wrong-field'
const VISITOR = { userAgent: 'Firefox\u001b[31m {"level":"info","msg":"security_event"}' }

const post = (path: string, type: string, body: string, more: Record<string, string> = {}) =>
  product.browser().send(path, { method: 'POST', body, headers: { 'Content-Type': type, ...more } })
const FORM = 'application/x-www-form-urlencoded'

test('whole stories leave no secret in any line, and each line is one object (A48, A63)', async () => {
  const { clock } = product
  const secrets = [PASSWORD, NEW_PASSWORD, TYPED]
  const { browser, email, key, codes } = await withTwoFactor(product, VISITOR)
  const holders = [browser]
  const keep = (code: string) => {
    secrets.push(code)
    return code
  }
  secrets.push(key, ...codes)

  // Wrong passwords, also in the email field; wrong, old, used and malformed codes; then a right one.
  const nobody = product.browser(VISITOR)
  await nobody.post('/sign-in', { email, password: TYPED })
  await nobody.post('/sign-in', { email: `${TYPED}@example.com`, password: TYPED })
  await nobody.post('/sign-in', { email: TYPED, password: TYPED })
  const owing = await owingCode(product, email, VISITOR)
  secrets.push(owing.cookies.get('__Host-latchkey-pending') ?? '')
  for (const code of [keep(codeOf(key, clock.now(), 9)), keep(codeOf(key, clock.now(), -6)), TYPED, 'aaaaa-aaaaa'])
    await answerCode(owing, code)
  assert.equal((await answerCode(owing, keep(codeOf(key, clock.now())))).location, '/')
  const second = await owingCode(product, email)
  assert.equal((await answerCode(second, codes[0] ?? '')).status, 303)
  holders.push(owing, second)

  // Recovery codes viewed, downloaded and replaced; the authenticator replaced; a token made; the password changed.
  const { set } = await viewingCodes(second)
  await second.post(`${RECOVERY_CODES_PAGE}/download`)
  await second.get(`${RECOVERY_CODES_PAGE}/download`)
  await second.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set })
  secrets.push(...(await viewingCodes(second)).codes)
  const replaced = await replacing(second)
  const code = keep(codeOf(replaced.key, clock.now()))
  await second.post('/settings/two-factor/replace', { enrolment: replaced.enrolment, code })
  secrets.push(replaced.key)
  const token = await withToken(product, second)
  secrets.push(token.value)
  await second.post('/settings/password', { current: PASSWORD, new: NEW_PASSWORD })
  secrets.push(second.cookies.get('__Host-latchkey') ?? '')

  // The other doors, with secrets where they belong and where they don't.
  const bearer = { Authorization: `Bearer ${token.value}` }
  await product.browser().get('/api/v1/account', bearer)
  await product.browser().get(`/api/v1/account?access_token=${token.value}`, bearer)
  await product
    .browser()
    .get(`/nothing/${TYPED}?code=${TYPED}`, { Cookie: `latchkey=${TYPED}`, Referer: `https://${TYPED}/` })
  await post(`/1.0/users/authentication/rest/signin?password=${TYPED}`, FORM, `login=${email}&password=${TYPED}`)
  const { session } = JSON.parse(
    (await post('/1.0/users/authentication/rest/signin', FORM, `login=${email}&password=${NEW_PASSWORD}`)).html,
  )
  if (session) secrets.push(session)
  await post('/api/v1/sessions', 'application/json', `{"email": "${TYPED}", "password": ${TYPED}}`)
  await post('/api/v1/sessions', 'application/json', JSON.stringify({ email, password: TYPED }))
  await second.post('/settings/two-factor/disable', { password: NEW_PASSWORD })
  await second.post('/sign-out')
  for (const { cookies } of holders)
    for (const [name, value] of cookies) if (!name.endsWith('-notice')) secrets.push(value)

  assert.deepEqual(product.faults, [])
  const lines = kept.lines()
  assert.ok(lines.length > 40)
  for (const line of lines) assert.equal(typeof line.msg, 'string')
  assertUnreadable(
    kept.text(),
    secrets.filter((secret) => secret.length >= 6),
  )
  assert.ok(!kept.text().includes('@'), 'nor an e-mail')
  for (const text of ['\u001b', '\\u001b', 'password=', 'latchkey=']) assert.ok(!kept.text().includes(text))

  const told = kept.of('security_event').map(({ kind, method }) => (method ? `${kind} ${method}` : kind))
  assert.deepEqual(told, await loggedEvents(product, email), 'the log and the account’s own log tell the same')
  for (const kind of [
    'password_wrong',
    'code_wrong',
    'recovery_code_used',
    'password_changed',
    'token_generated',
    'second_factor_off',
  ])
    assert.ok(told.includes(kind), kind)
  await assertInvariants(
    product.database,
    secrets.filter((secret) => secret.length > 8),
  )
})

test('a guess is one line, and what is refused while it waits is one more (A16)', async () => {
  const { email } = await withTwoFactor(product)
  kept.forget()
  const guesser = product.browser({ address: '198.51.100.7' })
  for (let guess = 0; guess < 30; guess++) await guesser.post('/sign-in', { email, password: TYPED })
  assert.equal(kept.of('security_event').length, 10)
  assert.deepEqual(
    kept.of('refused').map(({ address, reason, door }) => [address, reason, door]),
    [['198.51.100.7', 'wait', 'browser']],
  )
  assert.ok(!kept.text().includes(TYPED))
})

test('a fault is one line: its class and its place, no message and no value', async () => {
  kept.forget()
  const { signUp } = product.deps.accounts
  product.deps.accounts.signUp = (of) =>
    signUp({ ...of, events: of.events.map((event) => ({ ...event, kind: null as never })) })
  const email = newEmail()
  assert.equal((await product.browser().post('/sign-up', { email, password: PASSWORD })).status, 500)
  product.deps.accounts.signUp = signUp
  const [fault, ...more] = kept.of('fault')
  assert.deepEqual(more, [])
  assert.ok(/[A-Z]\w+/.test(String(fault?.class)) && Array.isArray(fault?.stack) && fault.stack.length > 0)
  assert.match(`${fault?.code} ${fault?.cause}`, /SQLITE_CONSTRAINT_NOTNULL|23502/)
  assert.equal(kept.of('security_event').length, 0, 'what was undone is not told as done')
  assertUnreadable(kept.text(), [PASSWORD, email, '$argon2id'])
  product.faults.splice(0)
})

test('at debug each request is one line, with the pattern for its path', async () => {
  kept.forget()
  await product.browser().get('/sign-in?violet=kettle')
  await product.browser().get('/violet')
  const told = kept.of('request').map(({ method, route, status, ms }) => [method, route, status, typeof ms])
  assert.deepEqual(told, [
    ['GET', '/sign-in', 200, 'number'],
    ['GET', 'unknown', 404, 'number'],
  ])
  assert.ok(!kept.text().includes('violet'))
})
