import { BASE_URL } from '../../../testing/index.ts'
import { encodedPairs, PARAMETERS, usualValues, wrongValues } from '../../../testing/openid-hostile.ts'
import { allowing, askedIn } from '../../../testing/openid-people.ts'
import { authorizing, basic } from '../../../testing/openid-requests.ts'
import {
  CHALLENGED,
  DEVICE,
  type FuzzClient,
  heldOf,
  type OpenidWorld,
  VERIFIER,
  type Visitor,
} from './openid-world.ts'
import type { Random } from './random.ts'
import { nameOf, type Route } from './route-table.ts'
import type { Request } from './wire.ts'

type Pairs = (readonly [string, string])[]
type Headers = Request['headers']
/** Before it is bytes: `form` goes into the body, `query` behind the path. */
export type Plan = { path: string; query?: Pairs; form?: Pairs; headers?: Headers }
export type Asked = { random: Random; world: OpenidWorld; client: FuzzClient; visitor: Visitor; route: Route }

const HOST: Headers = [['Host', new URL(BASE_URL).host]]
const FORM: Headers = [['Content-Type', 'application/x-www-form-urlencoded']]
const OWN_PAGE: Headers = [
  ['Origin', BASE_URL],
  ['Sec-Fetch-Site', 'same-origin'],
]

const pairsOf = (fields: Record<string, string>): Pairs => Object.entries(fields)
const cookiesOf = (cookies: Map<string, string>): Headers => [
  ['Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')],
]

/** How a client shows who it is: by a header or in the form. */
function shown({ random, client }: Pick<Asked, 'random' | 'client'>): { form: Pairs; headers: Headers } {
  if (client.isPublic) return { form: [['client_id', client.name]], headers: [] }
  if (random.chance(0.5)) return { form: [], headers: Object.entries(basic(client)) }
  return { form: pairsOf({ client_id: client.name, client_secret: client.secret }), headers: [] }
}

const program = (asked: Asked, fields: Record<string, string>): Plan => {
  const { form, headers } = shown(asked)
  return { path: asked.route.path, form: [...pairsOf(fields), ...form], headers }
}

const authorize = ({ random, client, visitor, world }: Asked) => {
  const more: Record<string, string | undefined>[] = [
    ...[{}, {}, { prompt: 'none' }, { response_mode: 'form_post' }, { scope: 'openid' }, { prompt: 'consent' }],
    ...[{ max_age: '60' }, { acr_values: 'phr 2' }, { prompt: 'login' }, { claims: '{"userinfo":{"email":null}}' }],
  ]
  const url = authorizing(client, { ...CHALLENGED, ...random.pick(more) })
  const [path = '', query = ''] = url.split('?')
  const cookies = random.chance(0.9) ? visitor.browser.cookies : random.pick(world.strangers).browser.cookies
  return { path, query: [...new URLSearchParams(query)], headers: cookiesOf(cookies) }
}

const xsrfIn = (html: string) => /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** Where a form of ours has led: the address with a name of its own, with the cookies that belong to it. */
async function resumed({ world, visitor }: Asked, start: 'authorize' | 'device'): Promise<Plan> {
  const browser = await world.asked(visitor)
  if (start === 'device') {
    const [client] = world.clients.filter(({ asks }) => asks)
    if (!client) throw new Error('There is no client that asks.')
    await world.askAgain()
    const { user_code: code } = await world.deviceBegun(client)
    const page = await browser.post('/oauth/device', {
      xsrf: xsrfIn((await browser.get('/oauth/device')).html),
      user_code: code,
    })
    await browser.post('/oauth/device', { xsrf: xsrfIn(page.html), user_code: code, confirm: 'yes' })
  }
  const answer = await allowing(browser)
  const to =
    answer.location ?? /url=(.+)$/.exec(answer.headers.get('Refresh') ?? '')?.[1] ?? `${BASE_URL}/oauth/${start}/x`
  return { path: new URL(to, BASE_URL).pathname, headers: cookiesOf(browser.cookies) }
}

/** What the product's own pages, or an app that has read the documentation, would send. */
const RIGHT: Record<string, (asked: Asked) => Promise<Plan> | Plan> = {
  'GET /oauth/authorize': authorize,
  'POST /oauth/authorize': (asked) => {
    const { path, query } = authorize(asked)
    return { path, form: query, headers: [['Origin', 'https://app.example.net']] }
  },
  'GET /oauth/authorize/:uid': (asked) => resumed(asked, 'authorize'),
  'GET /oauth/device/:uid': (asked) => resumed(asked, 'device'),
  async 'POST /oauth/token'(asked) {
    const { random, world, client, visitor } = asked
    switch (random.pick(['code', 'refresh', client.hasDevices ? 'device' : 'code'] as const)) {
      case 'code': {
        const code = (await world.code(client, visitor)).value
        const proof = { redirect_uri: client.redirect, code_verifier: VERIFIER }
        return program(asked, { grant_type: 'authorization_code', code, ...proof })
      }
      case 'refresh':
        return program(asked, {
          grant_type: 'refresh_token',
          refresh_token: (await world.tokens(client, visitor)).refresh.value,
        })
      case 'device':
        return program(asked, { grant_type: DEVICE, device_code: (await world.device(client, visitor)).value })
    }
  },
  'GET /oauth/userinfo': (asked) => userinfo(asked),
  async 'POST /oauth/userinfo'(asked) {
    if (asked.random.chance(0.5)) return userinfo(asked)
    return { path: asked.route.path, form: [['access_token', await access(asked)]] }
  },
  'POST /oauth/revoke': async (asked) => program(asked, { token: await access(asked) }),
  'POST /oauth/introspect': async (asked) => program(asked, { token: await access(asked) }),
  'POST /oauth/device/authorize': (asked) => program(asked, { scope: CHALLENGED.scope }),
  async 'GET /oauth/sign-out'({ world, client, visitor, route, random }) {
    const { id } = await world.tokens(client, visitor)
    const back = { post_logout_redirect_uri: client.signedOut, state: 'there' }
    const query = random.pick([{}, { client_id: client.name, ...back }, { id_token_hint: id.value, ...back }])
    return { path: route.path, query: pairsOf(query), headers: cookiesOf(visitor.browser.cookies) }
  },
  'POST /oauth/sign-out': ({ client, route }) => ({ path: route.path, form: [['client_id', client.name]] }),
  async 'POST /oauth/sign-out/confirm'({ world, visitor, route, random, client }) {
    const browser = world.copyOf(visitor)
    const page = await browser.get(`/oauth/sign-out?client_id=${client.name}`)
    const form = { xsrf: xsrfIn(page.html), ...(random.chance(0.3) && { logout: 'yes' }) }
    return { path: route.path, form: pairsOf(form), headers: [...OWN_PAGE, ...cookiesOf(browser.cookies)] }
  },
  'GET /oauth/device': async ({ world, visitor, route, random, client }) => ({
    path: route.path,
    query: random.chance(0.5) ? [] : [['user_code', (await world.deviceBegun(client)).user_code]],
    headers: cookiesOf(visitor.browser.cookies),
  }),
  async 'POST /oauth/device'({ world, visitor, route, random, client }) {
    const browser = world.copyOf(visitor)
    const { user_code: code } = await world.deviceBegun(client)
    let xsrf = xsrfIn((await browser.get('/oauth/device')).html)
    const more = random.pick([{}, { confirm: 'yes' }, { abort: 'yes' }])
    if (random.chance(0.7)) xsrf = xsrfIn((await browser.post('/oauth/device', { xsrf, user_code: code })).html)
    const form = pairsOf({ xsrf, user_code: code, ...more })
    return { path: route.path, form, headers: [...OWN_PAGE, ...cookiesOf(browser.cookies)] }
  },
  'GET /oauth/enter': (asked) => entering(asked),
  'POST /oauth/enter': (asked) => entering(asked),
  'GET /oauth/enter/cancel': (asked) => entering(asked),
  'POST /oauth/enter/cancel': (asked) => entering(asked),
  'GET /.well-known/webfinger': ({ visitor, route }) => ({
    path: route.path,
    query: pairsOf({
      resource: `acct:${visitor.email.split('@')[0]}@${new URL(BASE_URL).host}`,
      rel: 'http://openid.net/specs/connect/1.0/issuer',
    }),
  }),
}

const access = async ({ world, client, visitor }: Asked) => (await world.tokens(client, visitor)).access.value
const userinfo = async (asked: Asked): Promise<Plan> => ({
  path: asked.route.path,
  headers: [['Authorization', `Bearer ${await access(asked)}`]],
})
const entering = async ({ world, visitor, route }: Asked): Promise<Plan> => {
  const browser = await world.asked(visitor)
  if (route.method === 'GET') return { path: route.path, headers: cookiesOf(browser.cookies) }
  const form = pairsOf(askedIn((await browser.get('/oauth/enter')).html))
  return { path: route.path, form, headers: [...OWN_PAGE, ...cookiesOf(browser.cookies)] }
}

/** As a page of another site asks first. */
const PREFLIGHT: Headers = [
  ['Origin', 'https://app.example.net'],
  ['Access-Control-Request-Method', 'POST'],
  ['Access-Control-Request-Headers', 'authorization'],
]

export async function planFor(asked: Asked): Promise<Plan> {
  const { route } = asked
  if (route.method === 'OPTIONS') return { path: route.path, headers: PREFLIGHT }
  return (await RIGHT[nameOf(route)]?.(asked)) ?? { path: route.path }
}

export function requestOf({ path, query = [], form = [], headers = [] }: Plan, { method }: Route): Request {
  const target = query.length > 0 ? `${path}?${encodedPairs(query)}` : path
  if (method !== 'POST') return { method, target, headers: [...HOST, ...headers] }
  return { method, target, headers: [...HOST, ...FORM, ...headers], body: Buffer.from(encodedPairs(form)) }
}

/** Where a client shows who it is, and with what it was given. */
const OF_CLIENTS_ALONE = /^\/oauth\/(token|introspect|revoke)$/

/** Another time, as another client, or as one that doesn't know its secret: else as it was, so that it is that and nothing else. */
function asAttacker(asked: Asked, plan: Plan): string[] {
  const { random, world, client, route } = asked
  const way = random.pick(['sent before', 'another client', 'a wrong secret'] as const)
  if (way === 'sent before') {
    const [before] = world.sent(route)
    return before ? [Object.assign(plan, before) && way] : []
  }
  const isShown = ([name]: readonly [string, string]) => /^(client_id|client_secret|authorization)$/i.test(name)
  const to = way === 'another client' ? random.pick(world.clients.filter((each) => each !== client)) : client
  const { form, headers } = shown({ random, client: way === 'a wrong secret' ? { ...to, secret: random.hex(16) } : to })
  plan.form = [...(plan.form ?? []).filter((pair) => !isShown(pair)), ...form]
  plan.headers = [...(plan.headers ?? []).filter((pair) => !isShown(pair)), ...headers]
  return [way]
}

/** One to four parameters more, in another place, twice, or with what somebody else was given. */
export function spoilPlan(asked: Asked, plan: Plan): string[] {
  const { random, world, client, route } = asked
  if (OF_CLIENTS_ALONE.test(route.path) && random.chance(0.4)) return asAttacker(asked, plan)
  const ways: string[] = []
  for (let times = random.pick([1, 1, 2, 4]); times > 0; times--) {
    const where = random.chance(0.5) ? 'query' : 'form'
    const pairs = [...(plan[where] ?? [])]
    const another = random.pick(world.clients)
    const name = random.chance(0.6) && pairs.length > 0 ? random.pick(pairs)[0] : random.pick(PARAMETERS)
    const value = random.pick([
      ...[() => random.pick(usualValues(random.pick([client, another]))), () => random.pick(wrongValues(client))],
      ...[() => heldOf(world, random, ['code', 'device', 'refresh', 'access', 'id']), () => random.hex(20)],
    ])()
    const at = pairs.findIndex(([each]) => each === name)
    const way = random.pick(['other', 'twice', 'gone', 'moved'] as const)
    if (at < 0 || way === 'twice') pairs.push([name, value])
    else if (way === 'other') pairs[at] = [name, value]
    else {
      const [taken] = pairs.splice(at, 1)
      const other = where === 'query' ? 'form' : 'query'
      if (taken && way === 'moved') plan[other] = [...(plan[other] ?? []), taken]
    }
    plan[where] = pairs
    ways.push(`${way} ${name}`)
  }
  return ways
}
