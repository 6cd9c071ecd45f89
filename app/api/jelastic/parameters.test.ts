import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { type Parameters, type Result, standIn } from '#testing/clients/jelastic.ts'
import { BASE_URL, codeOf, latchkey, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { METHODS } from './jelastic.ts'

const product = await latchkey()
const { clock } = product
const api = standIn(product.app, { host: new URL(BASE_URL).host })
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const AUTHENTICATION = '/1.0/users/authentication/rest'
const FORM = 'application/x-www-form-urlencoded'
const auth = (method: string, parameters?: Parameters) => api.call(`users/authentication/rest/${method}`, parameters)
const done = (answer: Result) => {
  assert.equal(answer.result, 0, JSON.stringify(answer))
  return answer
}
const names = (parameter: string, { result, error }: Result) => {
  assert.equal(result, 3, error)
  assert.ok(error?.startsWith(`invalid parameter [${parameter}]: `), error)
}

async function signedIn() {
  const { email } = await signedUp(product)
  return { email, session: String(done(await auth('signin', { login: email, password: PASSWORD })).session) }
}
type Token = { id: string; key: string; apiListItems: { method: string }[] }
const make = (session: string, more: [string, string][] = []) =>
  auth('createtoken', [...Object.entries({ session, password: PASSWORD, description: 'CI' }), ...more])
const methodsOf = (answer: Result) => (done(answer).token as Token).apiListItems.map(({ method }) => method)

describe('the shapes that clients read', () => {
  test('a token: its key where it is made and nowhere else, times in UTC to the second, ids that are numbers', async () => {
    const { session } = await signedIn()
    const { token } = done(await make(session, [['expiresAt', '2026-05-01 09:30:00']])) as { token?: unknown }
    const { id, key, ...rest } = token as Token
    assert.match(key, /^lk_/)
    const items = ['account:read', 'sessions:read', 'sessions:write', 'events:read'].map((method, index) => ({
      ...{ id: index + 1, method, isSafe: method !== 'sessions:write' },
    }))
    const usual = { description: 'CI', expiresAt: '2026-05-01 09:30:00', isSystem: false, apiListItems: items }
    assert.deepEqual(rest, { ...usual, tokenTemplate: { id: 1, name: 'Full access' } })

    done(await auth('checksign', { session: key }))
    const [listed] = done(await auth('gettokens', { session })).apiTokens as object[]
    assert.deepEqual(listed, { id, ...rest, lastUsed: clock.now().toISOString().slice(0, 19).replace('T', ' ') })
    const again = done(await auth('regeneratetoken', { session, password: PASSWORD, id })).token as Token
    assert.notEqual(again.key, key)
    done(await auth('checksign', { session: again.key }))
    const edited = done(await auth('edittoken', { session, password: PASSWORD, id, description: 'Nightly' }))
    assert.equal((edited.token as Token).key, undefined)
  })

  test('gettokenapilist lists what a token may be allowed, or of it what is searched for', async () => {
    const { session } = await signedIn()
    const list = async (more = {}) => done(await auth('gettokenapilist', { session, ...more })).tokenPermissions
    const all = (await list()) as { id: number; method: string; isSafe: boolean }[]
    assert.equal(all.length, 8)
    assert.equal(new Set(all.map(({ id }) => id)).size, 8)
    assert.deepEqual(
      all.filter(({ isSafe }) => !isSafe).map(({ method }) => method),
      ['sessions:write', 'users.authentication.signoutsessions'],
    )
    assert.deepEqual(
      await list({ search: 'GetUserInfo' }),
      all.filter(({ method }) => method === 'users.account.getuserinfo'),
    )
    assert.deepEqual(await list({ search: 'environment' }), [])
  })

  test('a session: whose, from where, with what, since when and when last', async () => {
    const { session } = await signedIn()
    const { uid } = done(await auth('checksign', { session }))
    const listed = done(await auth('getsessions', { session })).sessions as Record<string, unknown>[]
    const own = listed.find(({ current }) => current === true)
    const at = clock.now().toISOString().slice(0, 19).replace('T', ' ')
    const { id, ...rest } = own ?? {}
    assert.match(String(id), /^[\w-]{16}$/)
    const seen = { createdOn: at, lastAccess: at }
    assert.deepEqual(rest, { uid, current: true, host: '198.51.100.7', userAgent: rest.userAgent, ...seen })
    assert.ok(rest.userAgent, 'something is said of what it is')
  })

  test('uid is of 31 bits, and authType one of two, for sessions and tokens alike', async () => {
    const plain = await signedIn()
    const { email, key } = await withTwoFactor(product)
    const session = String(done(await auth('signin', { login: email, password: PASSWORD })).session)
    done(await auth('verify2facode', { session, code: codeOf(key, clock.now()) }))
    for (const [of, authType] of [
      [plain.session, 'BASIC'],
      [session, 'TFA'],
    ] as const) {
      const token = (done(await make(of)).token as Token).key
      for (const bearer of [of, token])
        for (const path of ['users/authentication/rest/checksign', 'users/account/rest/getuserinfo']) {
          const answer = done(await api.call(path, { session: bearer }))
          assert.equal(answer.authType, authType)
          const uid = Number(answer.uid)
          assert.ok(Number.isInteger(uid) && uid > 0 && uid < 2 ** 31, String(uid))
          assert.ok(of.startsWith(`${uid.toString(16)}x`), `${of} begins with ${uid}`)
        }
      const info = done(await api.call('users/account/rest/getuserinfo', { session: of }))
      const isOn = authType === 'TFA'
      assert.deepEqual(info.authConfig, { type: 'TOTP', isActive: isOn, isConfigured: isOn })
    }
  })

  test('an error carries error, reason and source', async () => {
    const answer = await auth('checksign', { session: 'nothing' })
    assert.deepEqual(answer, { result: 701, reason: 701, source: 'latchkey', error: 'Sign in again.' })
  })
})

describe('what is missing', () => {
  test('is named in the words of this API, at every method', async () => {
    const { session: off } = await signedIn()
    const { email, key } = await withTwoFactor(product)
    const on = String(done(await auth('signin', { login: email, password: PASSWORD })).session)
    done(await auth('verify2facode', { session: on, code: codeOf(key, clock.now()) }))
    for (const [name, { parameters, who, deed }] of METHODS)
      for (const [parameter, shape] of Object.entries(parameters.shape)) {
        if ((shape as { safeParse(of: undefined): { success: boolean } }).safeParse(undefined).success) continue
        const valid = { login: 'ada@example.com', password: PASSWORD, oldPassword: PASSWORD, newPassword: PASSWORD }
        const all: Record<string, string> = { ...valid, code: '123456', id: 'a', ids: 'a', description: 'CI' }
        if (who !== 'anyone') all.session = deed === 'set_up' ? off : on // what it may do comes first
        for (const left of [undefined, '']) {
          const { [parameter]: _, ...others } = all
          const path = name.replace(/\.(\w+)$/, '.rest.$1').replaceAll('.', '/')
          const answer = await api.call(path, left === undefined ? others : { ...others, [parameter]: left })
          assert.equal(answer.error, `invalid parameter [${parameter}]: It is required.`, name)
        }
      }
  })
})

describe('lists', () => {
  test('apiList repeats, has commas, semicolons, brackets or JSON, in any letter case', async () => {
    const { session } = await signedIn()
    const wanted = ['users.account.getuserinfo', 'sessions:read']
    const [one, two] = ['users.account.GetUserInfo', 'SESSIONS:READ']
    for (const pairs of [
      [
        ['apiList', one],
        ['apiList', two],
      ],
      [['apiList', `${one},${two}`]],
      [['apiList', `${one}; ${two}`]],
      [
        ['apiList[]', one],
        ['apiList[]', two],
      ],
      [
        ['apiList[0]', one],
        ['apiList[1]', two],
      ],
      [
        ['apilist', one],
        ['APILIST', two],
      ],
      [['apiList', JSON.stringify([one, two])]],
    ] as [string, string][][])
      assert.deepEqual(methodsOf(await make(session, pairs)), wanted, JSON.stringify(pairs))
    names(
      'apiList',
      await make(session, [
        ['apiList', one],
        ['apiList', 'environment.control.GetEnvs'],
      ]),
    )
  })

  test('ids have commas or semicolons, or are * for all', async () => {
    const { session, email } = await signedIn()
    const made = [await make(session), await make(session), await make(session)].map((answer) => answer.token as Token)
    const [one, two] = made.map(({ id }) => id)
    const listed = async (ids: string) => (done(await auth('gettokens', { session, ids })).apiTokens as Token[]).length
    assert.deepEqual([await listed(`${one};${two}`), await listed(`${one},${two}`), await listed('*')], [2, 2, 3])
    const stranger = await signedIn()
    done(await make(stranger.session))
    const removed = done(await auth('deletetokens', { session, password: PASSWORD, ids: '*' })).ids as string[]
    assert.deepEqual(removed.toSorted(), made.map(({ id }) => id).toSorted())
    assert.equal((done(await auth('gettokens', { session: stranger.session })).apiTokens as Token[]).length, 1)

    const other = String(done(await auth('signin', { login: email, password: PASSWORD })).session)
    done(await auth('signoutsessions', { session, ids: '*' }))
    for (const ended of [session, other]) assert.equal((await auth('checksign', { session: ended })).result, 701)
    done(await auth('checksign', { session: stranger.session }))
  })

  test('a parameter that is misspelt in its letter case alone is not passed over', async () => {
    const { session } = await signedIn()
    assert.deepEqual(methodsOf(await make(session, [['tokentemplate', '2']])).includes('sessions:write'), false)
    names('tokenTemplate', await make(session, [['TOKENTEMPLATE', 'x']]))
    const twice = await make(session, [['Description', 'another']])
    assert.deepEqual([twice.result, twice.error], [99, 'A parameter stands there twice.'])
  })
})

describe('a form body', () => {
  test('is taken with any parameter behind its type, and as parts', async () => {
    const { email } = await signedUp(product)
    const body = new URLSearchParams({ login: email, password: PASSWORD }).toString()
    for (const type of [
      FORM,
      FORM.toUpperCase(),
      `${FORM};charset=UTF-8`,
      `${FORM}; charset=UTF-8;`,
      `${FORM} ; charset="utf-8"; boundary=x`,
      `${FORM}; charset=ISO-8859-1`,
    ])
      done(await api.send(`${AUTHENTICATION}/signin`, { method: 'POST', body, headers: { 'Content-Type': type } }))
    const parts = new FormData()
    parts.set('login', email)
    parts.set('password', PASSWORD)
    const { session } = done(await api.send(`${AUTHENTICATION}/signin`, { method: 'POST', body: parts }))
    const token = new FormData()
    for (const [name, value] of Object.entries({ session, password: PASSWORD, description: 'Żółw 🐢' }))
      token.set(name, String(value))
    token.append('apiList', 'account:read')
    token.append('apiList', 'events:read')
    const made = await api.send(`${AUTHENTICATION}/createtoken`, { method: 'POST', body: token })
    assert.deepEqual(methodsOf(made), ['account:read', 'events:read'])
    assert.equal((made.token as { description: string }).description, 'Żółw 🐢')
  })
})

describe('GET', () => {
  const read = ['checksign', 'getsessions', '../../account/rest/getuserinfo']
  const url = (method: string, query: Record<string, string>) =>
    new URL(`${AUTHENTICATION}/${method}?${new URLSearchParams(query)}`, BASE_URL).pathname.concat(
      `?${new URLSearchParams(query)}`,
    )
  const operator = async (sessionsInUrls: boolean) => {
    const { app } = await latchkey({ sessionsInUrls }, product)
    return standIn(app, { host: new URL(BASE_URL).host })
  }

  test('reads with an access token in the query, whatever the setting', async () => {
    const { session } = await signedIn()
    const { key } = done(await make(session)).token as Token
    for (const at of [await operator(false), await operator(true)])
      for (const method of read) done(await at.send(url(method, { session: key, appid: 'cluster', ruk: 'x' })))
    const narrow = done(await make(session, [['apiList', 'events:read']])).token as Token
    assert.equal((await api.send(url('checksign', { session: narrow.key }))).result, 8202)
    const wrong = key.replace(/.$/, key.endsWith('a') ? 'b' : 'a')
    assert.equal((await api.send(url('checksign', { session: wrong }))).result, 701)
  })

  test('reads with a session in the query where the operator says so, and only there', async () => {
    const { session } = await signedIn()
    const [usual, lenient] = [await operator(false), await operator(true)]
    for (const method of [...read, 'gettokens', 'gettokenapilist', 'gettokentemplates']) {
      const answer = await usual.send(url(method, { session }))
      assert.equal(answer.result, 99)
      assert.match(String(answer.error), /^Use POST.*only access tokens/)
      done(await lenient.send(url(method, { session })))
    }
    const { email } = await withTwoFactor(product)
    const pending = String(done(await auth('signin', { login: email, password: PASSWORD })).session)
    for (const method of [...read, 'gettokens'])
      assert.equal((await lenient.send(url(method, { session: pending }))).result, 9001)
  })

  test('never changes anything, and never takes a password or a code, in any letter case', async () => {
    const { session, email } = await signedIn()
    const { key } = done(await make(session)).token as Token
    const at = await operator(true)
    const refused = async (path: string, init?: RequestInit) => {
      const answer = await at.send(path, init)
      assert.equal(answer.result, 99, `${path}: ${JSON.stringify(answer)}`)
      assert.match(String(answer.error), /^Use POST/)
    }
    for (const bearer of [session, key]) {
      for (const [name, { reads }] of METHODS) {
        const [group, service, method] = name.split('.')
        const query = new URLSearchParams({ session: bearer, ids: '*' })
        if (!reads) await refused(`/1.0/${group}/${service}/rest/${method}?${query}`)
      }
      for (const secret of ['password', 'Password', 'oldPassword', 'NEWPASSWORD', 'code', 'access_token'])
        await refused(url('checksign', { session: bearer, [secret]: 'x' }))
    }
    await refused(url('signin', { login: email, password: PASSWORD }))
    const empty = { method: 'POST', body: '', headers: { 'Content-Type': FORM } }
    for (const query of [{ session }, { session: key }, { Session: key }, { password: PASSWORD }] as Record<
      string,
      string
    >[])
      await refused(url('checksign', query), empty)
    done(await auth('checksign', { session }))
  })
})
