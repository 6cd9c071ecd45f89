import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import {
  accessTokens,
  accounts,
  factors,
  groups,
  memberships,
  policies,
  recoveries,
  recoveryCodes,
  sessions,
} from '#db/schema.ts'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  BASE_URL,
  latchkey,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  SESSION,
  SESSIONS_PAGE,
  SET_UP,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { ALL_SCOPES } from '../access-tokens/scopes.ts'
import { hintOf, newAccessToken } from '../access-tokens/token.ts'
import { METHODS } from '../api/jelastic/jelastic.ts'
import { RESULTS } from '../api/jelastic/results.ts'
import { hashToken, newId } from '../lib/tokens.ts'
import type { Method } from './security-events.ts'
import { newSession } from './session.ts'
import type { Deed, Standing } from './standing.ts'
import type { Client } from './visitor.ts'

const signingUp = await latchkey()
const { clock, database } = signingUp
const product = await latchkey({ smtpUrl: 'smtp://mail.test' }, signingUp) // where mail reaches nobody, no address is owed
const { db } = database
const v1 = apiClient(product)
const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const SET_UP_CONFIRM = `${SET_UP}/confirm`
const ADD = '/settings/two-factor/add'
const MINUTE = 60_000
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

/** What an account can be like, as far as its standing is another. */
const SITUATIONS = {
  'the second factor off': { standing: (deed) => (isOfFactor(deed) ? 'set_up_second_factor' : 'go_on') },
  'the second factor off and the address unconfirmed': {
    isConfirmed: false,
    standing: (deed) =>
      isOfFactor(deed)
        ? 'set_up_second_factor'
        : deed === 'set_up' || deed === 'set_up_if_off'
          ? 'confirm_email'
          : 'go_on',
  },
  'the second factor on': { isOn: true, standing: withFactor },
  'no recovery codes left': {
    isOn: true,
    codes: false,
    standing: (deed) => (deed === 'leave' || deed === 'recovery_codes' ? 'go_on' : 'make_recovery_codes'),
  },
  'the second factor off and needed by its group (P06)': { needs: 'group', standing: belowPolicy },
  'the second factor off, as an operator (P06)': { needs: 'operator', standing: belowPolicy },
  'the second factor off, needed, and the address unconfirmed (P06)': {
    needs: 'group',
    isConfirmed: false,
    standing: (deed) => (deed === 'set_up' || deed === 'set_up_if_off' ? 'confirm_email' : belowPolicy(deed)),
  },
  'the second factor on and needed by its group': {
    isOn: true,
    needs: 'group',
    standing: withFactor,
  },
  'the second factor on, where only one that resists phishing is enough (K10)': {
    isOn: true,
    needs: 'resistance',
    standing: until('only_add_resistant', 'add_second_factor'),
  },
  'the same and no recovery codes left (K11)': {
    isOn: true,
    codes: false,
    needs: 'resistance',
    standing: until('only_add_resistant', 'add_second_factor'),
  },
  'a second factor that resists phishing, which is needed and wasn’t shown (K10)': {
    isOn: true,
    resists: true,
    needs: 'resistance',
    standing: until('prove_resistant', 'show_second_factor'),
  },
  'the same, whose browser is trusted not to be asked (K10)': {
    isOn: true,
    resists: true,
    method: 'trusted_browser',
    needs: 'resistance',
    standing: until('prove_resistant', 'show_second_factor'),
  },
  'the same, with no recovery codes left (K11)': {
    isOn: true,
    resists: true,
    codes: false,
    needs: 'resistance',
    standing: until('prove_resistant', 'show_second_factor'),
  },
  'the same, signed in with a recovery code (K11)': {
    isOn: true,
    resists: true,
    method: 'recovery_code',
    needs: 'resistance',
    standing: until('only_add_resistant', 'add_second_factor'),
  },
  'a second factor that resists phishing, which is needed and was shown': {
    isOn: true,
    resists: true,
    method: 'passkey',
    needs: 'resistance',
    standing: (deed) => (deed === 'set_up' ? 'change_second_factor' : 'go_on'),
  },
  'a second factor that resists phishing, which nobody needs': { isOn: true, resists: true, standing: withFactor },
  'the second factor off, where only one that resists phishing is enough (K10)': {
    needs: 'resistance',
    standing: belowPolicy,
  },
  'the account suspended': { isOn: true, isSuspended: true, standing: () => 'nothing' },
  'the guest’s account ended': { isOn: true, accountEndsIn: 0, standing: () => 'nothing' },
  'the guest’s account about to end': {
    isOn: true,
    accountEndsIn: 1,
    standing: withFactor,
  },
  'the session over': { isOn: true, lifetime: 0, standing: () => 'nothing' },
  'the session idle for too long': { isOn: true, idleFor: 60 * MINUTE, standing: () => 'nothing' },
} satisfies Record<string, Situation>

type Situation = {
  standing: (deed: Deed) => Standing
  isOn?: boolean
  codes?: boolean
  isConfirmed?: boolean
  needs?: 'group' | 'operator' | 'resistance'
  resists?: boolean
  method?: Method
  isSuspended?: boolean
  isToBeDeleted?: boolean
  /** In milliseconds. */
  accountEndsIn?: number
  lifetime?: number
  idleFor?: number
}

function withFactor(deed: Deed): Standing {
  if (deed === 'delete_account') return 'prove_second_factor' // none of these sessions has shown it
  return deed === 'set_up' ? 'change_second_factor' : 'go_on'
}

const isOfFactor = (deed: Deed) =>
  ['recovery_codes', 'change_second_factor', 'add_second_factor', 'show_second_factor'].includes(deed)

/** Nothing else answers 200. */
function belowPolicy(deed: Deed): Standing {
  return ['leave', 'confirm_email', 'set_up', 'set_up_if_off'].includes(deed) ? 'go_on' : 'only_set_up'
}

/** Open is the one deed that leads out, beside leaving. */
function until(standing: Standing, wayOut: Deed) {
  return (deed: Deed): Standing => (deed === 'leave' || deed === wayOut ? 'go_on' : standing)
}

/** The ids of the groups whose policies hold. */
const STRICT = 'strict'
const STRICTEST = 'strictest'

let ids: { on: number; off: number }
before(async () => {
  const [on, off] = [await withTwoFactor(signingUp), await signedUp(signingUp)]
  ids = { on: (await accountOf(product, on.email)).id, off: (await accountOf(product, off.email)).id }
  const now = clock.now()
  for (const [id, level] of [
    [STRICT, 'required'],
    [STRICTEST, 'phishing_resistant'],
  ] as const) {
    await db.insert(groups).values({ id, name: id, createdAt: now })
    await db.insert(policies).values({ scope: id, groupId: id, level, holdsFrom: now })
  }
})

/** The account of a situation, put right before each request: some of them end or change what they can. */
async function accountIn({
  isOn = false,
  codes = true,
  needs,
  resists = false,
  isConfirmed = true,
  isSuspended = false,
  isToBeDeleted = false,
  accountEndsIn,
}: Situation) {
  const id = isOn ? ids.on : ids.off
  const now = clock.now()
  await db
    .update(accounts)
    .set({
      emailConfirmedAt: isConfirmed ? now : null,
      suspendedAt: isSuspended ? now : null,
      deleteAt: isToBeDeleted ? new Date(now.getTime() + MINUTE) : null,
      endsAt: accountEndsIn === undefined ? null : new Date(now.getTime() + accountEndsIn),
      tokensFrozenAt: null,
      role: needs === 'operator' ? 'operator' : 'member',
    })
    .where(eq(accounts.id, id))
  await db.delete(memberships).where(eq(memberships.accountId, id))
  const groupId = needs === 'group' ? STRICT : needs === 'resistance' ? STRICTEST : undefined
  if (groupId) await db.insert(memberships).values({ accountId: id, groupId, addedAt: now })
  await db
    .update(factors)
    .set({ resistsPhishing: resists ? 1 : 0 })
    .where(eq(factors.accountId, id))
  await db
    .update(recoveryCodes)
    .set({ usedAt: codes ? null : now })
    .where(eq(recoveryCodes.accountId, id))
  return id
}

/** The token of a session that has just begun, or has just come to its end. */
async function sessionIn(situation: Situation, client: Client): Promise<string> {
  const accountId = await accountIn(situation)
  const { lifetime = 24 * 60 * MINUTE, idleFor = 0, method = 'password' } = situation
  const of = { accountId, client, method }
  const { token, session } = newSession(of, ORIGIN, clock.now(), lifetime)
  await db.insert(sessions).values({ ...session, lastSeenAt: new Date(clock.now().getTime() - idleFor) })
  return token
}

/** What each route came to, beside what it is to come to. */
async function compared<Route>(
  routes: Route[],
  of: (route: Route) => { name: string; expected: string; ask: () => Promise<string> },
) {
  const found = []
  const expected = []
  for (const route of routes) {
    const { name, ask, expected: answer } = of(route)
    expected.push(`${name}: ${answer}`)
    found.push(`${name}: ${await ask()}`)
  }
  assert.deepEqual(found, expected)
}

describe('a page', () => {
  /** Those of operators are walked through in app/operators/operate.test.ts. */
  const OPEN_TO_ALL =
    /^\/(operate|healthz|readyz|favicon\.|assets\/|sign-(in|up)|reset-password|mail\/|api\/|settings$|oauth\/(?!enter)|\.well-known\/)/
  const pages = [
    ...new Set(
      product.app.routes
        .filter(({ method, path }) => ['GET', 'POST'].includes(method) && !OPEN_TO_ALL.test(path))
        .map(({ method, path }) => `${method} ${path}`),
    ),
  ]

  function deedOf(page: string): Deed {
    if (page === 'POST /settings/two-factor/set-up/recovery-codes') return 'set_up_if_off'
    if (/^POST \/(sign-out|settings\/stop-recovery)$| \/(settings\/(sessions|apps)|gate\/sign-out)/.test(page))
      return 'leave'
    if (/ \/settings\/email/.test(page)) return 'confirm_email'
    if (/ \/settings\/account\/delete/.test(page)) return 'delete_account'
    if (/ \/settings\/two-factor\/recovery-codes/.test(page)) return 'recovery_codes'
    if (/ \/settings\/two-factor\/set-up/.test(page)) return 'set_up'
    if (/ \/settings\/two-factor\/add/.test(page)) return 'add_second_factor'
    if (/ \/settings\/two-factor\/fresh-proof/.test(page)) return 'show_second_factor'
    return / \/settings\/(two-factor\/|check-up\/code)/.test(page) ? 'change_second_factor' : 'anything'
  }

  async function asked(page: string, situation: Situation): Promise<string> {
    const browser = product.browser()
    browser.cookies.set(SESSION, await sessionIn(situation, 'browser'))
    const [method, path = ''] = page.split(' ')
    const answer = await (method === 'GET' ? browser.get(path) : browser.post(path))
    const notice = browser.cookies.get('__Host-latchkey-notice')
    const location = answer.location?.split('?')[0]
    if (answer.status !== 303 || answer.html !== '') return 'go_on'
    if (location === '/sign-in' && notice === undefined) return 'nothing'
    if (location === RECOVERY_CODES_PAGE) return 'make_recovery_codes'
    if (location === '/settings/two-factor/fresh-proof') return 'prove_second_factor'
    if (location === `${ADD}/confirm` && !path.startsWith(ADD)) return 'only_add_resistant'
    if (location === SET_UP_CONFIRM && !path.startsWith(SET_UP)) return 'only_set_up'
    if (location === '/settings/email' && notice === 'email_unconfirmed') return 'confirm_email'
    return location === '/settings/account' && answer.headers.get('Set-Cookie') === null ? 'account page' : 'go_on'
  }

  const LED_TO: Partial<Record<Standing, string>> = {
    prove_resistant: 'prove_second_factor', // whose page says which is enough
    set_up_second_factor: 'account page', // which says what is on, and how to change it
    change_second_factor: 'account page',
  }

  for (const [name, situation] of Object.entries<Situation>(SITUATIONS))
    test(`with ${name} is open or leads to what comes first, whichever it is (B11)`, async () => {
      assert.ok(pages.length >= 50, `${pages.length} pages`)
      await compared(pages, (page) => {
        const deed = deedOf(page)
        // Done sent twice is answered as Done: by the account page.
        const isDone = deed === 'set_up_if_off' && situation.isOn && situation.standing(deed) === 'go_on'
        const answer = situation.standing(deed)
        return {
          name: page,
          expected: isDone ? 'account page' : (LED_TO[answer] ?? answer),
          ask: () => asked(page, situation),
        }
      })
    })
})

type Operation = { security?: unknown[]; 'x-scope'?: string; responses: Record<string, { description: string }> }
const { paths } = (await v1.raw('GET', '/api/openapi.json')).body as {
  paths: Record<string, Record<string, Operation>>
}

describe('/api/v1', () => {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      // Those of operators are walked through in app/api/v1/invitations.test.ts.
      .filter(([, { security }]) => (security ?? []).length > 0 && !path.startsWith('/invitations'))
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, path, ...operation })),
  )

  function deedOf(name: string): Deed {
    if (/\/sessions?(\/\{id\})?$/.test(name)) return 'leave'
    if (/\/recovery-codes\//.test(name)) return 'recovery_codes'
    if (/\/enrolment/.test(name)) return 'set_up'
    if (name.endsWith(' /two-factor/fresh-proof')) return 'show_second_factor'
    return name === 'DELETE /two-factor' ? 'change_second_factor' : 'anything'
  }

  const PROBLEMS: Partial<Record<Standing, { status: number; problem: string }>> = {
    make_recovery_codes: { status: 409, problem: 'recovery_codes_owed' },
    set_up_second_factor: { status: 409, problem: 'second_factor_is_off' },
    change_second_factor: { status: 409, problem: 'second_factor_is_on' },
    confirm_email: { status: 409, problem: 'email_unconfirmed' },
    only_set_up: { status: 403, problem: 'second_factor_required' },
    only_add_resistant: { status: 403, problem: 'resistance_required' },
    prove_resistant: { status: 403, problem: 'resistance_unproven' },
    recovery_waits: { status: 403, problem: 'recovery_waits' },
    nothing: { status: 401, problem: 'invalid_token' },
  }

  async function asked({ method, path }: { method: string; path: string }, bearer: string): Promise<string> {
    const body = method === 'get' ? undefined : {}
    const answer = await v1.call(method.toUpperCase(), path.replace('{id}', 'x'), bearer, body)
    const problem = String(answer.body.type ?? '').replace('/api/docs#problem-', '')
    const [standing] = Object.entries(PROBLEMS).find(([, of]) => of?.problem === problem) ?? ['go_on']
    return problem === 'insufficient_scope' ? problem : standing
  }

  for (const [name, situation] of Object.entries<Situation>(SITUATIONS))
    test(`with ${name} answers a session as the pages do, or says which call comes first (B11)`, async () => {
      assert.ok(operations.length >= 17, `${operations.length} operations`)
      await compared(operations, (operation) => ({
        name: operation.name,
        expected: situation.standing(deedOf(operation.name)),
        ask: async () => asked(operation, await sessionIn(situation, 'api')),
      }))
    })

  test('documents every answer that can come first', () => {
    for (const { name, responses } of operations)
      for (const { standing } of Object.values<Situation>(SITUATIONS)) {
        const of = PROBLEMS[standing(deedOf(name))]
        if (of) assert.ok(responses[of.status]?.description.split(', ').includes(of.problem), `${name}: ${of.problem}`)
      }
  })

  for (const [name, { opens, ...situation }] of Object.entries(tokenSituations()))
    test(`takes an access token ${name} for ${opens === true ? 'what its scopes allow' : 'nothing'}`, async () => {
      await compared(operations, (operation) => ({
        name: operation.name,
        expected:
          opens === true ? (operation['x-scope'] === 'session' ? 'insufficient_scope' : 'go_on') : opens || 'nothing',
        ask: async () => asked(operation, await tokenIn(situation)),
      }))
    })
})

describe('/1.0', () => {
  const DEEDS: Record<string, Deed> = {
    checksign: 'leave',
    signout: 'leave',
    getsessions: 'leave',
    signoutsessions: 'leave',
    get2faconfig: 'set_up_if_off',
    enable2fa: 'set_up',
    disable2fa: 'change_second_factor',
    get2fabackupcodes: 'recovery_codes',
    regenerate2fabackupcodes: 'recovery_codes',
  }
  const methods = [...METHODS].flatMap(([name, { who }]) => {
    const [group, service, method = ''] = name.split('.')
    const path = `${group}/${service}/rest/${method}`
    return who === 'anyone' ? [] : [{ name, path, deed: DEEDS[method] ?? 'anything', who }]
  })

  const ANSWERS: Record<number, string> = {
    [RESULTS.recovery_codes_owed.number]: 'make_recovery_codes',
    [RESULTS.second_factor_off.number]: 'set_up_second_factor',
    [RESULTS.second_factor_on.number]: 'change_second_factor',
    [RESULTS.email_unconfirmed.number]: 'confirm_email',
    [RESULTS.second_factor_required.number]: 'only_set_up',
    [RESULTS.passkey_required.number]: 'passkey_required',
    [RESULTS.recovery_waits.number]: 'recovery_waits',
    [RESULTS.authentication_failed.number]: 'nothing',
    [RESULTS.not_allowed.number]: 'not_allowed',
  }
  const asked = async (path: string, session: string) =>
    ANSWERS[(await jelastic.call(path, { session })).result] ?? 'go_on'

  /** A passkey can't be given here, neither to be added nor to be shown. */
  const said = (standing: Standing) =>
    standing === 'only_add_resistant' || standing === 'prove_resistant' ? 'passkey_required' : standing

  for (const [name, situation] of Object.entries<Situation>(SITUATIONS))
    test(`with ${name} answers a session as the pages do, or says which method comes first (B11)`, async () => {
      assert.ok(methods.length >= 18, `${methods.length} methods`)
      await compared(methods, ({ name, path, deed }) => ({
        name,
        expected: said(situation.standing(deed)),
        ask: async () => asked(path, await sessionIn(situation, 'api')),
      }))
    })

  for (const [name, { opens, ...situation }] of Object.entries(tokenSituations()))
    test(`takes an access token ${name} for ${opens === true ? 'the methods it may call' : 'nothing'}`, async () => {
      await compared(methods, ({ name, path, who }) => ({
        name,
        expected: opens === true ? (who === 'signedInOrToken' ? 'go_on' : 'not_allowed') : said(opens || 'nothing'),
        ask: async () => asked(path, await tokenIn(situation)),
      }))
    })
})

type TokenSituation = Situation & {
  recoveryOpensIn?: number
  isFrozen?: boolean
  endsIn?: number
  isValueBefore?: boolean
  valueEndsIn?: number
}

/** Every token of them may do all that tokens can be allowed. `opens`: or what each door answers instead. */
function tokenSituations(): Record<
  string,
  TokenSituation & { opens: boolean | 'only_set_up' | 'only_add_resistant' | 'recovery_waits' }
> {
  const { standing } = SITUATIONS['the second factor on']
  return {
    'that is live': { standing, opens: true },
    'of an account with the second factor on': { standing, isOn: true, opens: true },
    'of an account with no recovery codes left': { standing, isOn: true, codes: false, opens: true },
    'of an account whose address is unconfirmed': { standing, isConfirmed: false, opens: true },
    'of an account without the second factor that its group needs (P06)': {
      standing,
      needs: 'group',
      opens: 'only_set_up',
    },
    'of an operator without a second factor (P06)': { standing, needs: 'operator', opens: 'only_set_up' },
    'of an account without the passkey that its group needs (K10)': {
      standing,
      isOn: true,
      needs: 'resistance',
      opens: 'only_add_resistant',
    },
    'of an account with the passkey that its group needs': {
      standing,
      isOn: true,
      resists: true,
      needs: 'resistance',
      opens: true,
    },
    'of an account that is to be deleted': { standing, isToBeDeleted: true, opens: false },
    'of an account whose owner waits, who lost everything': {
      standing,
      isOn: true,
      recoveryOpensIn: 1,
      opens: 'recovery_waits',
    },
    'of an account whose wait is over, for seven days': {
      standing,
      isOn: true,
      recoveryOpensIn: 1 - 7 * 24 * 60 * MINUTE,
      opens: 'recovery_waits',
    },
    'of an account whose wait was over seven days ago': {
      standing,
      isOn: true,
      recoveryOpensIn: -7 * 24 * 60 * MINUTE,
      opens: true,
    },
    'of a suspended account': { standing, isSuspended: true, opens: false },
    'of a guest’s account that has ended': { standing, accountEndsIn: 0, opens: false },
    'of a guest’s account that is about to end': { standing, accountEndsIn: 1, opens: true },
    'that is frozen': { standing, isFrozen: true, opens: false },
    'whose time is over': { standing, endsIn: 0, opens: false },
    'whose value before has its day': { standing, isValueBefore: true, valueEndsIn: 1, opens: true },
    'whose value before is over': { standing, isValueBefore: true, valueEndsIn: 0, opens: false },
    'that is over before its value before': { standing, isValueBefore: true, valueEndsIn: 1, endsIn: 0, opens: false },
  }
}

async function tokenIn({
  recoveryOpensIn,
  isFrozen,
  endsIn,
  isValueBefore,
  valueEndsIn,
  ...situation
}: TokenSituation) {
  const accountId = await accountIn(situation)
  const [value, now] = [newAccessToken(), clock.now()]
  const from = (ms: number | undefined) => (ms === undefined ? null : new Date(now.getTime() + ms))
  if (isFrozen) await db.update(accounts).set({ tokensFrozenAt: now }).where(eq(accounts.id, accountId))
  await db.delete(recoveries).where(eq(recoveries.accountId, accountId))
  const opensAt = from(recoveryOpensIn)
  if (opensAt) await db.insert(recoveries).values({ accountId, begunAt: now, opensAt, ...ORIGIN })
  await db.delete(accessTokens).where(eq(accessTokens.accountId, accountId))
  await db.insert(accessTokens).values({
    id: newId(),
    accountId,
    tokenHash: hashToken(isValueBefore ? newAccessToken() : value),
    previousHash: isValueBefore ? hashToken(value) : null,
    previousUntil: from(valueEndsIn),
    hint: hintOf(value),
    description: 'a program',
    scopes: ALL_SCOPES.join(' '),
    createdAt: now,
    expiresAt: from(endsIn),
  })
  return value
}

describe('with no recovery codes left', () => {
  const situation = SITUATIONS['no recovery codes left']

  test('pages let somebody make new ones, see where they are signed in, and sign out', async () => {
    const browser = product.browser()
    browser.cookies.set(SESSION, await sessionIn(situation, 'browser'))
    assert.equal((await browser.get(`${RECOVERY_CODES_PAGE}/confirm`)).status, 200)
    assert.equal((await browser.get(SESSIONS_PAGE)).status, 200)
    assert.equal((await browser.post('/sign-out')).location, '/sign-in')
  })

  test('/api/v1 names the call that comes first; after it all goes on', async () => {
    const session = await sessionIn(situation, 'api')
    const owed = await v1.call('GET', '/account', session)
    assert.equal(owed.body.next, 'POST /api/v1/two-factor/recovery-codes/regenerate')
    assert.match(String(owed.body.detail), /POST \/api\/v1\/two-factor\/recovery-codes\/regenerate/)
    const password = { password: PASSWORD }
    assert.equal((await v1.call('POST', '/two-factor/recovery-codes/view', session, password)).status, 200)
    const made = await v1.call('POST', '/two-factor/recovery-codes/regenerate', session, password)
    assert.equal((made.body.recovery_codes as string[]).length, 12)
    assert.equal((await v1.call('GET', '/account', session)).status, 200)
    assert.equal((await v1.call('DELETE', '/session', session)).status, 204)
    assert.equal((await v1.call('GET', '/session', session)).status, 401)
  })

  test('/1.0 names the method that comes first; after it all goes on', async () => {
    const session = await sessionIn(situation, 'api')
    const call = (path: string, fields: Record<string, string> = {}) => jelastic.call(path, { session, ...fields })
    assert.match((await call('users/account/rest/getuserinfo')).error ?? '', /Call regenerate2fabackupcodes/)
    const made = await call('users/account/rest/regenerate2fabackupcodes', { password: PASSWORD })
    assert.equal((made.backupCodes as string[]).length, 12)
    assert.equal((await call('users/account/rest/getuserinfo')).result, 0)
    assert.equal((await call('users/authentication/rest/signout')).result, 0)
  })
})

test('a session whose time was over stays ended when the clock is put back', async () => {
  const token = await sessionIn({ ...SITUATIONS['the session over'] }, 'browser')
  const browser = product.browser()
  browser.cookies.set(SESSION, token)
  assert.equal((await browser.get('/settings/account')).location, '/sign-in?return_to=%2Fsettings%2Faccount')
  const [left] = await db
    .select()
    .from(sessions)
    .where(eq(sessions.tokenHash, hashToken(token)))
  assert.equal(left, undefined)
})
