import { isAstray } from '../../../testing/openid-hostile.ts'
import type { FuzzClient, Held, OpenidWorld } from './openid-world.ts'
import { type Answer, bytesOf, headerOf, type Request } from './wire.ts'

// Who may be given what, said a second time: by what a request has in it, and without a look at the rules of the provider.

/** Before the request is sent: what others had by then may not come back to whoever sends it. */
export type Before = { secrets: string[]; text: string }

export function before(world: OpenidWorld, request: Request): Before {
  const held = world.held.flatMap(({ kind, value }) => (kind === 'id' ? [] : [value])) // an ID token is the same within a second
  return { text: textOf(request), secrets: [...world.secrets(), ...held] }
}

/** What is wrong with an answer, in words. Learns what it gives. */
export function judgeOpenid(world: OpenidWorld, { text, secrets }: Before, request: Request, answer: Answer): string[] {
  const wrong: string[] = []
  const body = answer.body.toString()
  const json = jsonIn(answer, body)
  for (const secret of secrets)
    if (body.includes(secret) && !text.includes(secret)) wrong.push(`the answer holds a secret: ${secret.slice(0, 6)}…`)
  for (const to of [headerOf(answer, 'location'), /url=(.+)$/.exec(headerOf(answer, 'refresh') ?? '')?.[1]]) {
    if (to === undefined) continue
    if (isAstray(to, [...world.clients.flatMap(({ redirect, signedOut }) => [redirect, signedOut])]))
      wrong.push(`led to ${to}`)
    const code = new URL(to, 'https://latchkey.test').searchParams.get('code')
    if (code && !text.includes(code)) wrong.push(...codeGiven(world, text, code, to))
  }
  const posted = /name="code" value="([\w-]+)"/.exec(body)?.[1]
  if (posted && !text.includes(posted))
    wrong.push(...codeGiven(world, text, posted, /<form method="post" action="([^"]+)"/.exec(body)?.[1] ?? ''))
  if (['access_token', 'refresh_token', 'id_token'].some((name) => typeof json[name] === 'string'))
    wrong.push(...tokensGiven(world, text, json))
  if (typeof json.sub === 'string' && request.target.includes('userinfo'))
    wrong.push(...claimsGiven(world, text, json.sub))
  if (json.active === true && !shownIn(world, text).some((item) => shows(text, item.client)))
    wrong.push('a token is called active to whoever asks')
  return wrong
}

/** A code is given to a session of somebody entitled, and for one of the clients. */
function codeGiven(world: OpenidWorld, text: string, code: string, to: string): string[] {
  const client = world.clients.find(({ redirect }) => to.startsWith(redirect))
  const visitors = world.visitors().filter(({ session }) => text.includes(session))
  const visitor = visitors.find(({ isEntitled }) => isEntitled)
  if (!client) return ['a code for no client']
  if (!visitor) return ['a code without a session that is entitled to it']
  world.hold({ kind: 'code', value: code, client, visitor })
  return []
}

/** Tokens are given for something that was given to this client before, each once, and to whoever shows that it is the client. */
function tokensGiven(world: OpenidWorld, text: string, json: Record<string, unknown>): string[] {
  const shown = shownIn(world, text).filter(({ kind }) => ['code', 'device', 'refresh'].includes(kind))
  const own = shown.filter(({ client }) => shows(text, client))
  const [first] = own.filter(({ uses }) => uses === 0)
  if (shown.length === 0) return ['tokens for nothing that was ever given']
  if (own.length === 0) return ['tokens for a client that has not shown who it is']
  if (!first) return [`tokens a second time, for the same ${own.map(({ kind }) => kind).join(', ')}`]
  if (own.length === 1) first.uses++
  world.given(json as Parameters<OpenidWorld['given']>[0], first.client, first.visitor)
  return first.visitor.isEntitled ? [] : ['tokens for somebody who is not entitled']
}

/** Claims are told to whoever shows an access token, and of its person. */
function claimsGiven(world: OpenidWorld, text: string, subject: string): string[] {
  const shown = shownIn(world, text).filter(({ kind }) => kind === 'access')
  if (shown.length === 0) return ['claims without an access token']
  const isTheirs = shown.some((item) => item.subject === undefined || item.subject === subject)
  return isTheirs ? [] : ['claims of somebody else']
}

const shownIn = (world: OpenidWorld, text: string): Held[] => world.held.filter(({ value }) => text.includes(value))

/** A client without a secret says its name. */
const shows = (text: string, { isPublic, name, secret }: FuzzClient) => text.includes(isPublic ? name : secret)

/** All that a request says, in every spelling in which it could be meant. */
function textOf(request: Request): string {
  const raw = bytesOf(request).toString('latin1')
  const basic = [...raw.matchAll(/basic +([\w+/=-]+)/gi)].map(([, of = '']) => Buffer.from(of, 'base64').toString())
  return [raw, decoded(raw), ...basic, ...basic.map(decoded)].join('\n')
}

const decoded = (text: string) =>
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))

function jsonIn(answer: Answer, body: string): Record<string, unknown> {
  if (!/json/.test(headerOf(answer, 'content-type') ?? '')) return {}
  try {
    const json = JSON.parse(body)
    return typeof json === 'object' && json !== null ? json : {}
  } catch {
    return {}
  }
}
