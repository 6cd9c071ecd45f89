import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accessTokens, accounts, groups, limits, memberships, policies, recoveries, recoveryCodes } from '#db/schema.ts'
import { type Parameters, type Result, seen, standIn } from '#testing/clients/jelastic.ts'
import { BASE_URL, codeOf, latchkey, newEmail, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { TOKENS_AT_MOST } from '../../access-tokens/change-tokens.ts'
import { ALL_SCOPES, API_METHODS } from '../../access-tokens/scopes.ts'
import { createApp } from '../../app.ts'
import { HashQueueFull } from '../../lib/passwords.ts'
import { METHODS } from './jelastic.ts'
import { RESULTS, type ResultName } from './results.ts'

const NEW_PASSWORD = 'seven copper lanterns drifting'
const { host } = new URL(BASE_URL)
const product = await latchkey()
const { clock, database, deps } = product
const api = standIn(product.app, { host })
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const auth = (method: string, parameters?: Parameters) => api.call(`users/authentication/rest/${method}`, parameters)
const account = (method: string, parameters?: Parameters) => api.call(`users/account/rest/${method}`, parameters)

function refused(answer: Result, name: ResultName, parameter?: string) {
  assert.equal(answer.result, RESULTS[name].number, JSON.stringify(answer))
  if (parameter) assert.ok(answer.error?.startsWith(`invalid parameter [${parameter}]: `), answer.error)
}
function done(answer: Result): Result {
  assert.equal(answer.result, 0, JSON.stringify(answer))
  return answer
}

/** A session of a new account, without a second factor. */
async function signedIn() {
  const { browser, email } = await signedUp(product)
  const { session } = done(await auth('signin', { login: email, password: PASSWORD }))
  return { browser, email, session: String(session) }
}

/** A pending sign-in to a new account with its second factor on. The codes of this step and the next are unused. */
async function owing() {
  const owner = await withTwoFactor(product)
  const pending = String(done(await auth('signin', { login: owner.email, password: PASSWORD })).session)
  const fullyIn = async () =>
    done(await auth('verify2facode', { session: pending, code: codeOf(owner.key, clock.now()) }))
  return { ...owner, pending, fullyIn }
}

type Token = Record<'id' | 'key' | 'description' | 'expiresAt', string> & {
  apiListItems: { method: string }[]
  tokenTemplate: unknown
}
const tokenIn = (answer: Result) => done(answer).token as Token
const methodsOf = ({ apiListItems }: Token) => apiListItems.map(({ method }) => method)
const tokenOf = async (session: string, parameters: Record<string, string> = {}) =>
  tokenIn(await auth('createtoken', { session, password: PASSWORD, description: 'CI', ...parameters }))
const textOf = (time: Date) => time.toISOString().slice(0, 19).replace('T', ' ')

describe('sign-in', () => {
  test('signin answers a session and all that clients read, in any letter case', async () => {
    const { email } = await signedUp(product)
    for (const name of ['signin', 'SignIn', 'SIGNIN', 'signIn']) {
      const { session, uid, ...rest } = done(await auth(name, { login: email, password: PASSWORD }))
      assert.match(String(session), new RegExp(`^${Number(uid).toString(16)}x[0-9a-f]{32}$`))
      const constant = { result: 0, status: 'ENABLED', accessType: 'FULL_ACCESS', authType: 'BASIC' }
      assert.deepEqual(rest, { ...constant, email, name: email })
    }
  })

  test('signin says no in the same words whether the account exists or not', async () => {
    const { email } = await signedUp(product)
    const wrong = await auth('signin', { login: email, password: 'not the password at all' })
    const unknown = await auth('signin', { login: newEmail(), password: PASSWORD })
    refused(wrong, 'authentication_failed')
    assert.deepEqual(unknown, wrong)
    refused(await auth('signin', { password: PASSWORD }), 'invalid_parameter', 'login')
    refused(await auth('signin', { login: 'no body', password: PASSWORD }), 'invalid_parameter', 'login')
    refused(await auth('signin', { login: email }), 'invalid_parameter', 'password')
    refused(await auth('signin', { login: email, password: '' }), 'invalid_parameter', 'password')
    refused(await auth('signin', { login: email, password: 'a'.repeat(300) }), 'invalid_parameter', 'password')
  })

  test('too many wrong passwords: wait, and for how long', async () => {
    const { email } = await signedUp(product)
    for (let attempt = 0; attempt < 10; attempt++)
      refused(await auth('signin', { login: email, password: 'not the password at all' }), 'authentication_failed')
    const late = await auth('signin', { login: email, password: PASSWORD })
    refused(late, 'too_many_attempts')
    assert.equal(late.retryAfter, 30)
    clock.advance(30_000)
    done(await auth('signin', { login: email, password: PASSWORD }))
  })

  test('a suspended account: told to who knows the password, and its sessions and tokens open nothing', async () => {
    const { email, session } = await signedIn()
    const { key } = await tokenOf(session)
    await database.db.update(accounts).set({ suspendedAt: clock.now() }).where(eq(accounts.email, email))
    const answer = await auth('signin', { login: email, password: PASSWORD })
    refused(answer, 'suspended')
    assert.equal(answer.status, 'SUSPENDED')
    assert.equal(answer.session, undefined)
    refused(await auth('signin', { login: email, password: 'not the password at all' }), 'authentication_failed')
    refused(await auth('checksign', { session }), 'authentication_failed')
    refused(await auth('checksign', { session: key }), 'authentication_failed')
    await database.db.update(accounts).set({ suspendedAt: null, endsAt: clock.now() }).where(eq(accounts.email, email))
    const ended = await auth('signin', { login: email, password: PASSWORD })
    refused(ended, 'account_ended')
    assert.deepEqual([ended.status, ended.session], ['ENDED', undefined])
  })

  test('with a second factor: RESTRICTED first, FULL_ACCESS under the same id after the code', async () => {
    const { email, key, pending } = await owing()
    const first = done(await auth('SignIn', { login: email, password: PASSWORD }))
    const { session, uid } = first
    assert.deepEqual(first, {
      result: 0,
      uid,
      session,
      email,
      name: email,
      status: 'ENABLED',
      accessType: 'RESTRICTED',
      authType: 'TFA',
      requiredAuthCheck: { type: 'TOTP', isActive: true, isConfigured: true },
    })
    const code = codeOf(key, clock.now())
    const full = done(await auth('Verify2FACode', { session: String(session), code }))
    const constant = { result: 0, status: 'ENABLED', accessType: 'FULL_ACCESS', authType: 'TFA' }
    assert.deepEqual(full, { ...constant, uid, session, email, name: email })
    done(await auth('checksign', { session: String(session) }))
    refused(await auth('verify2facode', { session: pending, code }), 'used_code')
  })

  test('verify2facode takes a recovery code, once, and says how many are left', async () => {
    const { email, pending, codes } = await owing()
    const code = codes[0] ?? ''
    const full = done(await auth('verify2facode', { session: pending, code: code.toUpperCase() }))
    assert.equal(full.accessType, 'FULL_ACCESS')
    assert.equal(full.backupCodesLeft, 11)
    const { session } = done(await auth('signin', { login: email, password: PASSWORD }))
    const again = await auth('verify2facode', { session: String(session), code })
    refused(again, 'wrong_code')
    assert.equal(again.attemptsLeft, 4)
  })

  test('verify2facode says which kind of wrong it was, until no attempt is left', async () => {
    const { email, key, pending } = await owing()
    refused(await auth('verify2facode', { session: pending }), 'invalid_parameter', 'code')
    refused(await auth('verify2facode', { session: pending, code: '12' }), 'invalid_parameter', 'code')
    refused(await auth('verify2facode', { code: '123456' }), 'invalid_parameter', 'session')
    const used = await auth('verify2facode', { session: pending, code: codeOf(key, clock.now(), -1) })
    refused(used, 'used_code')
    assert.ok(Number(used.retryAfter) >= 0 && Number(used.retryAfter) <= 30)
    const old = await auth('verify2facode', { session: pending, code: codeOf(key, clock.now(), -5) })
    refused(old, 'old_code')
    assert.equal(old.attemptsLeft, 3)
    for (const attemptsLeft of [2, 1]) {
      const wrong = await auth('verify2facode', { session: pending, code: codeOf(key, clock.now(), 500) })
      refused(wrong, 'wrong_code')
      assert.equal(wrong.attemptsLeft, attemptsLeft)
    }
    refused(await auth('verify2facode', { session: pending, code: codeOf(key, clock.now(), 500) }), 'no_attempts_left')
    refused(await auth('verify2facode', { session: pending, code: codeOf(key, clock.now()) }), 'authentication_failed')

    const { session } = done(await auth('signin', { login: email, password: PASSWORD }))
    const waiting = await auth('verify2facode', { session: String(session), code: codeOf(key, clock.now()) })
    refused(waiting, 'too_many_attempts')
    assert.equal(waiting.retryAfter, 30)
  })

  test('after a hundred wrong codes in a row only a recovery code is looked at', async () => {
    const { pending, key, codes } = await owing()
    done(await auth('verify2facode', { session: pending, code: codes[0] ?? '' }))
    const full = { count: 100, blockedUntilMs: 0, expiresAtMs: Number.MAX_SAFE_INTEGER }
    const { email } = done(await auth('checksign', { session: pending }))
    const [owner] = await database.db
      .select()
      .from(accounts)
      .where(eq(accounts.email, String(email)))
    await database.db.insert(limits).values({ key: `authenticator:${owner?.id}`, ...full })
    const { session } = done(await auth('signin', { login: String(email), password: PASSWORD }))
    const code = codeOf(key, clock.now())
    refused(await auth('verify2facode', { session: String(session), code }), 'authenticator_blocked')
    done(await auth('verify2facode', { session: String(session), code: codes[1] ?? '' }))
  })

  test('a pending sign-in ends after five minutes', async () => {
    const { key, pending } = await owing()
    clock.advance(5 * 60_000)
    refused(await auth('verify2facode', { session: pending, code: codeOf(key, clock.now()) }), 'authentication_failed')
    refused(await auth('checksign', { session: pending }), 'authentication_failed')
  })
})

describe('sessions', () => {
  test('checksign tells who is signed in, and that a code is still owed without telling whose', async () => {
    const { email, session } = await signedIn()
    const answer = done(await auth('CheckSign', { session }))
    assert.deepEqual([answer.email, answer.accessType, answer.authType], [email, 'FULL_ACCESS', 'BASIC'])
    const { pending } = await owing()
    const { error: _, reason, source, ...restricted } = await auth('checksign', { session: pending })
    assert.deepEqual([reason, source], [restricted.result, 'latchkey'])
    assert.deepEqual(restricted, {
      result: RESULTS.second_factor_owed.number,
      accessType: 'RESTRICTED',
      authType: 'TFA',
      requiredAuthCheck: { type: 'TOTP', isActive: true, isConfigured: true },
    })
    refused(await auth('checksign'), 'invalid_parameter', 'session')
    refused(await auth('checksign', { session: 'nothing' }), 'authentication_failed')
    refused(await auth('checksign', { session: session.replace(/.$/, 'g') }), 'authentication_failed')
  })

  test('signout ends a session, or a pending sign-in', async () => {
    const { session } = await signedIn()
    done(await auth('SignOut', { session }))
    refused(await auth('signout', { session }), 'authentication_failed')
    refused(await auth('checksign', { session }), 'authentication_failed')
    const { pending, key } = await owing()
    done(await auth('signout', { session: pending }))
    refused(await auth('verify2facode', { session: pending, code: codeOf(key, clock.now()) }), 'authentication_failed')
  })

  test('getsessions lists the account’s, pages included; signoutsessions ends those that are its own', async () => {
    const { session, browser } = await signedIn()
    const stranger = await signedIn()
    const list = async (of: string) => done(await auth('GetSessions', { session: of })).sessions as Result[]
    const listed = await list(session)
    assert.deepEqual(listed.map(({ host, current }) => [host, current]).sort(), [
      ['192.0.2.1', false],
      ['198.51.100.7', true],
    ])
    assert.doesNotMatch(JSON.stringify(listed), new RegExp(session))
    const strangers = String((await list(stranger.session))[0]?.id)
    const pages = String(listed.find(({ current }) => !current)?.id)
    refused(await auth('signoutsessions', { session }), 'invalid_parameter', 'ids')
    refused(await auth('signoutsessions', { session, ids: '[1,' }), 'invalid_parameter', 'ids')
    refused(await auth('signoutsessions', { session, ids: strangers }), 'not_found')
    const ended = done(await auth('SignOutSessions', { session, ids: `${pages}, ${strangers}` }))
    assert.deepEqual(ended.ids, [pages])
    assert.equal((await browser.get('/')).status, 303)
    assert.equal((await list(stranger.session)).length, 2)
    done(await auth('signoutsessions', { session, ids: JSON.stringify(listed.map(({ id }) => id)) }))
    refused(await auth('checksign', { session }), 'authentication_failed')
  })

  test('the header Authorization is as good as the parameter, and both have to agree', async () => {
    const { session } = await signedIn()
    const bearer = (value: string) => ({ Authorization: value })
    const check = (parameters: Parameters, headers: Record<string, string>) =>
      api.call('users/authentication/rest/checksign', parameters, headers)
    done(await check({}, bearer(`Bearer ${session}`)))
    done(await check({ session }, bearer(`Bearer ${session}`)))
    refused(await check({ session }, bearer(`Bearer ${session}x`)), 'invalid_parameter', 'session')
    refused(await check({}, bearer('Basic YTpi')), 'invalid_parameter', 'session')
    const path = '/1.0/users/authentication/rest/checksign'
    done(await api.send(path, { method: 'POST', headers: bearer(`Bearer ${session}`) }))
    done(await api.send(path, { headers: bearer(`Bearer ${session}`) }))
    done(await api.send(`${path}?appid=1&appname=dashboard`, { headers: bearer(`Bearer ${session}`) }))
  })
})

describe('access tokens', () => {
  test('createtoken answers the token once; it then works as session on the methods it is allowed', async () => {
    const { session, email } = await signedIn()
    const made = await tokenOf(session)
    const token = made.key
    assert.match(token, /^lk_[0-9A-Za-z]{38}$/)
    assert.deepEqual(methodsOf(made), ['account:read', 'sessions:read', 'sessions:write', 'events:read'])
    assert.equal(made.expiresAt, textOf(new Date(clock.now().getTime() + 90 * 24 * 60 * 60_000)))
    const checked = done(await auth('checksign', { session: token }))
    assert.deepEqual([checked.email, checked.accessType, checked.authType], [email, 'FULL_ACCESS', 'BASIC'])
    assert.equal(checked.session, undefined)
    done(await account('getuserinfo', { session: token }))
    done(await auth('getsessions', { session: token }))
    const listed = done(await auth('GetTokens', { session })).apiTokens as Result[]
    assert.deepEqual(
      listed.map(({ id, description }) => [id, description]),
      [[made.id, 'CI']],
    )
    assert.doesNotMatch(JSON.stringify(listed), new RegExp(token))
    const permissions = done(await auth('GetTokenApiList', { session })).tokenPermissions as { method: string }[]
    assert.deepEqual(
      permissions.map(({ method }) => method),
      ALL_SCOPES,
    )
  })

  test('createtoken takes a list of methods and any form of time, and refuses what can not be', async () => {
    const { session } = await signedIn()
    const at = new Date(clock.now().getTime() + 60_000)
    for (const apiList of ['users.account.getuserinfo,account:read', '["users.account.getuserinfo","account:read"]'])
      for (const expiresAt of [textOf(at), at.toISOString(), String(at.getTime())]) {
        const made = await tokenOf(session, { apiList, expiresAt })
        assert.deepEqual(methodsOf(made), ['users.account.getuserinfo', 'account:read'])
        assert.equal(made.expiresAt, textOf(at))
      }
    const attempt = (more: Record<string, string>) =>
      auth('CreateToken', { session, password: PASSWORD, description: 'CI', ...more })
    refused(await attempt({ password: 'not the password at all' }), 'wrong_password')
    refused(await attempt({ description: ' ' }), 'invalid_parameter', 'description')
    refused(await attempt({ apiList: '' }), 'invalid_parameter', 'apiList')
    refused(await attempt({ apiList: 'users.account.changepassword' }), 'invalid_parameter', 'apiList')
    for (const expiresAt of [
      'soon',
      '',
      '2026-03-01',
      '2026-02-30 12:00:00',
      '0',
      '99999999999999999',
      'never',
      '2030-01-01T00:00:00Z',
    ])
      refused(await attempt({ expiresAt }), 'invalid_parameter', 'expiresAt')
  })

  test('a template gives what it lists, and one that is unknown gives nothing', async () => {
    const { session } = await signedIn()
    type Template = { id: number; name: string; apiListItems: { method: string }[] }
    const templates = done(await auth('GetTokenTemplates', { session })).templates as Template[]
    assert.deepEqual(
      templates.map(({ id, name }) => [id, name]),
      [
        [1, 'Full access'],
        [2, 'Read only'],
      ],
    )
    for (const { id, name, apiListItems } of templates)
      for (const tokenTemplate of [String(id), name, name.toUpperCase()]) {
        const made = await tokenOf(session, { tokenTemplate })
        assert.deepEqual(made.apiListItems, apiListItems)
        assert.deepEqual(made.tokenTemplate, { id, name })
      }
    const custom = await tokenOf(session, { tokenTemplate: 'custom', apiList: 'events:read' })
    assert.deepEqual([methodsOf(custom), custom.tokenTemplate], [['events:read'], { id: 3, name: 'Custom' }])

    const before = done(await auth('gettokens', { session })).apiTokens
    const attempt = (more: Record<string, string>) =>
      auth('createtoken', { session, password: PASSWORD, description: 'CI', ...more })
    for (const tokenTemplate of ['Maven Plugin', '0', '4', '-1', 'full', 'a'.repeat(101)])
      refused(await attempt({ tokenTemplate }), 'invalid_parameter', 'tokenTemplate')
    refused(await attempt({ tokenTemplate: 'Custom' }), 'invalid_parameter', 'apiList')
    refused(await attempt({ tokenTemplate: '2', apiList: 'sessions:write' }), 'invalid_parameter', 'apiList')
    const edit = { session, password: PASSWORD, id: custom.id }
    refused(await auth('edittoken', { ...edit, tokenTemplate: 'Maven Plugin' }), 'invalid_parameter', 'tokenTemplate')
    assert.deepEqual(done(await auth('gettokens', { session })).apiTokens, before)
    assert.deepEqual(methodsOf(tokenIn(await auth('edittoken', { ...edit, tokenTemplate: 'Read only' }))), [
      'account:read',
      'sessions:read',
      'events:read',
    ])
  })

  test('edittoken changes what is given and leaves the rest', async () => {
    const { session } = await signedIn()
    const made = await tokenOf(session)
    const edit = (more: Record<string, string>) =>
      auth('EditToken', { session, password: PASSWORD, id: made.id, ...more })
    const edited = tokenIn(await edit({ description: 'Nightly', apiList: 'events:read' }))
    assert.deepEqual(
      [edited.description, methodsOf(edited), edited.expiresAt],
      ['Nightly', ['events:read'], made.expiresAt],
    )
    refused(await auth('checksign', { session: made.key }), 'not_allowed')
    refused(await edit({ id: 'unknown' }), 'not_found')
    refused(await edit({ password: 'not the password at all' }), 'wrong_password')
    refused(await edit({ expiresAt: '1' }), 'invalid_parameter', 'expiresAt')
  })

  test('regeneratetoken: the old value is dead at once, or goes on for a day', async () => {
    const { session } = await signedIn()
    const made = await tokenOf(session)
    const again = (more: Record<string, string> = {}) =>
      auth('RegenerateToken', { session, password: PASSWORD, id: made.id, ...more })
    const second = tokenIn(await again())
    refused(await auth('checksign', { session: made.key }), 'authentication_failed')
    done(await auth('checksign', { session: second.key }))
    const third = tokenIn(await again({ overlap: 'true' }))
    for (const { key } of [second, third]) done(await auth('checksign', { session: key }))
    refused(await again({ id: 'unknown' }), 'not_found')
    refused(await again({ overlap: 'perhaps' }), 'invalid_parameter', 'overlap')
    refused(await again({ password: 'not the password at all' }), 'wrong_password')
  })

  test('deletetokens removes the account’s own; of another account it says not found', async () => {
    const { session } = await signedIn()
    const stranger = await signedIn()
    const made = [await tokenOf(session), await tokenOf(session)]
    const ids = made.map(({ id }) => id).join(',')
    refused(await auth('DeleteTokens', { session: stranger.session, password: PASSWORD, ids }), 'not_found')
    refused(await auth('deletetokens', { session, password: 'not the password at all', ids }), 'wrong_password')
    assert.equal((done(await auth('gettokens', { session, ids: made[0]?.id ?? '' })).apiTokens as unknown[]).length, 1)
    done(await auth('deletetokens', { session, password: PASSWORD, ids }))
    for (const { key } of made) refused(await auth('checksign', { session: key }), 'authentication_failed')
    refused(await auth('gettokens', { session, ids }), 'not_found')
    assert.deepEqual(done(await auth('gettokens', { session })).apiTokens, [])
  })

  test('an account has no more tokens than it can have', async () => {
    const { session, email } = await signedIn()
    const made = await tokenOf(session)
    const [owner] = await database.db.select().from(accounts).where(eq(accounts.email, email))
    const [template] = await deps.accessTokens.tokensOf(owner?.id ?? 0)
    assert.ok(template && made.id === template.id)
    for (let number = 1; number < TOKENS_AT_MOST; number++)
      await database.db
        .insert(accessTokens)
        .values({ ...template, id: `${template.id}${number}`, tokenHash: `${number}${template.id}` })
    refused(await auth('createtoken', { session, password: PASSWORD, description: 'one more' }), 'too_many_tokens')
  })

  test('a token reaches no method but those of its list, whatever its scopes', async () => {
    const { session, email } = await signedIn()
    const token = (await tokenOf(session, { apiList: ALL_SCOPES.join(',') })).key
    const everything = {
      password: PASSWORD,
      oldPassword: PASSWORD,
      newPassword: NEW_PASSWORD,
      code: '123456',
      ids: 'a',
      id: 'a',
    }
    for (const [name, { who }] of METHODS) {
      const [group, service, method] = name.split('.')
      const answer = await api.call(`${group}/${service}/rest/${method}`, { ...everything, session: token })
      if (who === 'anyone') continue
      const expected = (API_METHODS as string[]).includes(name)
        ? [0, RESULTS.not_found.number]
        : [RESULTS.not_allowed.number]
      assert.ok(expected.includes(answer.result), `${name}: ${JSON.stringify(answer)}`)
    }
    const none = (await tokenOf(session, { apiList: 'events:read' })).key
    for (const name of API_METHODS) {
      const [group, service, method] = name.split('.')
      refused(await api.call(`${group}/${service}/rest/${method}`, { session: none, ids: 'a' }), 'not_allowed')
    }
    done(await auth('signin', { login: email, password: PASSWORD }))
  })
})

describe('the account', () => {
  test('getuserinfo tells whose it is', async () => {
    const { email, session } = await signedIn()
    const { uid, ...rest } = done(await account('GetUserInfo', { session }))
    const constant = { result: 0, status: 'ENABLED', accessType: 'FULL_ACCESS', authType: 'BASIC' }
    const authConfig = { type: 'TOTP', isActive: false, isConfigured: false }
    assert.deepEqual(rest, { ...constant, session, email, name: email, authConfig })
    assert.ok(Number.isInteger(uid))
  })

  test('get2faconfig and enable2fa turn the second factor on, and the codes they answer work', async () => {
    const { email, session, browser } = await signedIn()
    refused(await account('get2faconfig', { session, password: 'not the password at all' }), 'wrong_password')
    refused(await account('enable2fa', { session, password: PASSWORD, code: '123456' }), 'no_enrolment')
    const config = done(await account('Get2FAConfig', { session, password: PASSWORD }))
    const secret = String(config.secret)
    assert.deepEqual([config.type, config.isActive, config.isConfigured], ['TOTP', false, false])
    assert.equal(new URL(String(config.otpauth)).searchParams.get('secret'), secret)
    assert.match(String(config.qrCode), /^<svg /)
    const enable = (more: Record<string, string>) =>
      account('Enable2FA', { session, password: PASSWORD, code: codeOf(secret, clock.now()), ...more })
    refused(await enable({ password: 'not the password at all' }), 'wrong_password')
    refused(await enable({ code: codeOf(secret, clock.now(), 500) }), 'wrong_code')
    refused(await enable({ code: codeOf(secret, clock.now(), -6) }), 'old_code')
    refused(await enable({ code: 'abc' }), 'invalid_parameter', 'code')
    done(await auth('checksign', { session }))
    const { backupCodes } = done(await enable({}))
    assert.equal((backupCodes as string[]).length, 12)
    assert.equal((await browser.get('/')).status, 303, 'the other sessions end')
    refused(await enable({}), 'second_factor_on')
    const on = done(await account('get2faconfig', { session, password: PASSWORD }))
    assert.deepEqual([on.isActive, on.secret, on.otpauth, on.qrCode], [true, undefined, undefined, undefined])

    const pending = String(done(await auth('signin', { login: email, password: PASSWORD })).session)
    refused(await auth('verify2facode', { session: pending, code: codeOf(secret, clock.now()) }), 'used_code')
    done(await auth('verify2facode', { session: pending, code: (backupCodes as string[])[4] ?? '' }))
  })

  test('an enrolment is over after fifteen minutes, and begun again it has another secret', async () => {
    const { session } = await signedIn()
    const begin = async () => String(done(await account('get2faconfig', { session, password: PASSWORD })).secret)
    const older = await begin()
    const newer = await begin()
    const enable = (secret: string) =>
      account('enable2fa', { session, password: PASSWORD, code: codeOf(secret, clock.now()) })
    refused(await enable(older), 'wrong_code')
    clock.advance(15 * 60_000)
    refused(await enable(newer), 'no_enrolment')
  })

  test('what began before the password was changed can not finish after it', async () => {
    const { session } = await signedIn()
    const { secret } = done(await account('get2faconfig', { session, password: PASSWORD }))
    done(await account('changepassword', { session, oldPassword: PASSWORD, newPassword: NEW_PASSWORD }))
    const code = codeOf(String(secret), clock.now())
    refused(await account('enable2fa', { session, password: NEW_PASSWORD, code }), 'changed_meanwhile')
  })

  test('two enable2fa at once answer the same codes, which are the ones that work', async () => {
    const { session } = await signedIn()
    const { secret } = done(await account('get2faconfig', { session, password: PASSWORD }))
    const code = codeOf(String(secret), clock.now())
    // Both read what is stored before either goes on.
    let arrived = 0
    let meet = () => {}
    const met = new Promise<void>((resolve) => {
      meet = resolve
    })
    const keptEnrolment = async (sessionId: string) => {
      const kept = await deps.keptEnrolments.keptEnrolment(sessionId)
      if (++arrived === 2) meet()
      await met
      return kept
    }
    const keptEnrolments = { ...deps.keptEnrolments, keptEnrolment }
    const meeting = standIn(createApp({ ...deps, keptEnrolments }), { host })
    const enable = () => meeting.call('users/account/rest/enable2fa', { session, password: PASSWORD, code })
    const answers = await Promise.all([enable(), enable()])
    const { backupCodes } = done(await account('get2fabackupcodes', { session, password: PASSWORD }))
    for (const answer of answers) assert.deepEqual(done(answer).backupCodes, backupCodes)
  })

  test('the recovery codes are shown and replaced to who knows the password', async () => {
    const { codes, pending } = await owing()
    done(await auth('verify2facode', { session: pending, code: codes[2] ?? '' }))
    const session = pending
    for (const method of ['get2fabackupcodes', 'regenerate2fabackupcodes', 'disable2fa'])
      refused(await account(method, { session, password: 'not the password at all' }), 'wrong_password')
    const shown = done(await account('Get2FABackupCodes', { session, password: PASSWORD }))
    assert.deepEqual(
      shown.backupCodes,
      codes.filter((code) => code !== codes[2]),
    )
    assert.deepEqual(shown.usedBackupCodes, [{ number: 3, usedAt: textOf(clock.now()) }])
    const made = done(await account('Regenerate2FABackupCodes', { session, password: PASSWORD }))
    assert.equal((made.backupCodes as string[]).length, 12)
    assert.deepEqual(
      codes.filter((code) => (made.backupCodes as string[]).includes(code)),
      [],
    )
  })

  test('disable2fa turns it off; where it is off there is nothing to turn off or to show', async () => {
    const { email, pending: session, fullyIn } = await owing()
    await fullyIn()
    done(await account('Disable2FA', { session, password: PASSWORD }))
    for (const method of ['disable2fa', 'get2fabackupcodes', 'regenerate2fabackupcodes'])
      refused(await account(method, { session, password: PASSWORD }), 'second_factor_off')
    assert.equal(done(await auth('signin', { login: email, password: PASSWORD })).authType, 'BASIC')
  })

  test('changepassword: the session goes on under its id, others end whatever invalidateSessions says', async () => {
    const { email, session } = await signedIn()
    const other = String(done(await auth('signin', { login: email, password: PASSWORD })).session)
    const change = (more: Record<string, string>) =>
      account('ChangePassword', { session, oldPassword: PASSWORD, newPassword: NEW_PASSWORD, ...more })
    refused(await change({ oldPassword: 'not the password at all' }), 'wrong_password')
    refused(await change({ newPassword: 'short' }), 'weak_password')
    refused(await change({ newPassword: PASSWORD }), 'weak_password')
    refused(await change({ newPassword: 'a'.repeat(1000) }), 'weak_password')
    refused(await change({ newPassword: '' }), 'invalid_parameter', 'newPassword')
    done(await auth('checksign', { session: other }))
    done(await change({ invalidateSessions: 'false' }))
    done(await auth('checksign', { session }))
    refused(await auth('checksign', { session: other }), 'authentication_failed')
    refused(await auth('signin', { login: email, password: PASSWORD }), 'authentication_failed')
    done(await auth('signin', { login: email, password: NEW_PASSWORD }))
  })
})

describe('faults of ours', () => {
  const broken = (error: Error, part: object) => {
    const faults: unknown[] = []
    const app = createApp({ ...deps, ...part }, (fault) => faults.push(fault))
    const call = standIn(app, { host }).call('users/authentication/rest/signin', {
      login: newEmail(),
      password: PASSWORD,
    })
    return { call, faults, error }
  }
  const failing = (error: Error) =>
    broken(error, { signIns: { ...deps.signIns, accountByEmail: () => Promise.reject(error) } })

  test('too many at once: busy, and for how long', async () => {
    const full = new HashQueueFull()
    const queue = broken(full, { passwords: { ...deps.passwords, verify: () => Promise.reject(full) } })
    const answer = await queue.call
    refused(answer, 'busy')
    assert.equal(answer.retryAfter, 2)
    const locked = failing(Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' }))
    refused(await locked.call, 'busy')
    const gone = failing(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
    refused(await gone.call, 'unavailable')
  })

  test('a fault is reported to the operator and not to the caller', async () => {
    const { call, faults, error } = failing(new Error('select secret from factors'))
    const answer = await call
    refused(answer, 'not_supported')
    assert.doesNotMatch(JSON.stringify(answer), /select|factors/)
    assert.deepEqual(faults, [error])
  })
})

describe('the tables', () => {
  test('a second factor needs a confirmed address, where mail is sent', async () => {
    const mailing = await latchkey({ smtpUrl: 'smtp://localhost:1' }, product)
    const { email } = await signedUp(product)
    const { call } = standIn(mailing.app, { host })
    const { session } = done(await call('users/authentication/rest/signin', { login: email, password: PASSWORD }))
    const parameters = { session: String(session), password: PASSWORD }
    refused(await call('users/account/rest/get2faconfig', parameters), 'email_unconfirmed')
  })

  test('without recovery codes, new ones come first; standing.test.ts says it of every method', async () => {
    const { email, fullyIn } = await owing()
    const { session } = await fullyIn()
    const [owner] = await database.db.select().from(accounts).where(eq(accounts.email, email))
    await database.db.delete(recoveryCodes).where(eq(recoveryCodes.accountId, owner?.id ?? 0))
    refused(await account('getuserinfo', { session: String(session) }), 'recovery_codes_owed')
  })

  test('an operator without a second factor sets it up first; standing.test.ts says it of every method', async () => {
    const { email } = await signedUp(product)
    await database.db.update(accounts).set({ role: 'operator' }).where(eq(accounts.email, email))
    const { session } = done(await auth('signin', { login: email, password: PASSWORD }))
    refused(await account('getuserinfo', { session: String(session) }), 'second_factor_required')
  })

  test('where only a passkey is enough, every method says so, because it takes an app’s codes alone (K11)', async () => {
    const { email, fullyIn } = await owing()
    const [owner] = await database.db.select().from(accounts).where(eq(accounts.email, email))
    const [id, at] = ['passkeys alone', clock.now()]
    await database.db.insert(groups).values({ id, name: id, createdAt: at })
    await database.db.insert(policies).values({ scope: id, groupId: id, level: 'phishing_resistant', holdsFrom: at })
    await database.db.insert(memberships).values({ accountId: owner?.id ?? 0, groupId: id, addedAt: at })
    refused(await account('getuserinfo', { session: String((await fullyIn()).session) }), 'passkey_required')
  })

  test('while somebody waits who lost everything, tokens are closed; standing.test.ts says it of every method', async () => {
    const { email, fullyIn } = await owing()
    const { key } = await tokenOf(String((await fullyIn()).session))
    const [owner] = await database.db.select().from(accounts).where(eq(accounts.email, email))
    const now = clock.now()
    const origin = { address: '192.0.2.1', browser: 'Firefox', system: null }
    await database.db
      .insert(recoveries)
      .values({ accountId: owner?.id ?? 0, begunAt: now, opensAt: new Date(now.getTime() + 1), ...origin })
    refused(await account('getuserinfo', { session: key }), 'recovery_waits')
  })

  test('numbers are given once, and each stands for something that happens', () => {
    const numbers = Object.values(RESULTS).map(({ number }) => number)
    assert.equal(new Set(numbers).size, numbers.length)
    assert.deepEqual([...seen.numbers].sort(), [...numbers].sort())
  })

  test('every method has succeeded, and the methods for tokens are those of the scopes', () => {
    const names = [...METHODS.keys()]
    assert.deepEqual([...seen.methods].sort(), names.sort())
    const forTokens = names.filter((name) => METHODS.get(name)?.who === 'signedInOrToken')
    assert.deepEqual(forTokens, [...API_METHODS].sort())
  })
})
