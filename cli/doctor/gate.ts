import { type Answer, asStranger, type Place, type Stranger } from './as-a-stranger.ts'
import { type Said, whyNot } from './check.ts'
import { checkProbes, type Probe, probesFor } from './gate-probes.ts'

/** What proxies say themselves to what they take for no request, or for no host of theirs. */
const REFUSALS = [400, 403, 404, 405, 414, 421, 431]

type Asked = { url: URL; at: { host: string; port: number } | undefined }

/** Asks for an app through its proxy as nobody, in every way that has opened a gate before, and says what got through. */
export async function lookedAtGate({ url, at }: Asked): Promise<Said[]> {
  const place = placeOf(url, at)
  const path = url.pathname
  const first = await tried(place, { target: path, headers: { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' } })
  if (typeof first === 'string')
    return [
      {
        check: 'gate',
        is: 'fault',
        says: `${url.href} can't be reached: ${first}`,
        todo: 'Look at the name and the certificate.',
      },
    ]
  const portal = portalOf(first)
  if (!portal) return [notAsked(url, first)]
  const lines: Said[] = [{ check: 'gate', is: 'ok', says: `${url.href} leads to ${portal.origin}` }]
  for (const [check, probes] of Object.entries(probesFor(url.host, path)))
    lines.push(...(await group(place, check, probes)))
  lines.push(...(await hidden(portal, url, at)))
  if (url.protocol === 'https:' && !at) lines.push(...(await withoutTls(url)))
  return lines
}

const placeOf = (url: URL, at: Asked['at']): Place => {
  const secure = url.protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  return { secure, hostname: url.hostname, at: at ?? { host: url.hostname, port } }
}

/** An answer, or why there is none. */
const tried = (place: Place, asked: Stranger): Promise<Answer | string> => asStranger(place, asked).catch(whyNot)

/** Where the gate sends a browser; undefined where it isn't the gate that answered. */
function portalOf({ status, location = '' }: Answer): URL | undefined {
  if (status !== 302 || !URL.canParse(location)) return undefined
  const portal = new URL(location)
  return portal.pathname === '/gate/enter' && portal.searchParams.has('to') ? portal : undefined
}

function notAsked(url: URL, { status }: Answer): Said {
  const says = `${url.href} answers ${status} to nobody, without asking Latchkey`
  if (status < 300)
    return { check: 'gate', is: 'fault', says, todo: 'Let the proxy ask, or name a URL that is not public.' }
  if (status === 403)
    return { check: 'gate', is: 'fault', says, todo: 'Is there an app at this host? latchkey app list shows them.' }
  return { check: 'gate', is: 'fault', says, todo: 'Look at the log of the proxy, and whether TRUST_PROXY names it.' }
}

async function group(place: Place, check: string, probes: Probe[]): Promise<Said[]> {
  const wrong: Said[] = []
  for (const probe of probes) {
    const answer = await tried(place, probe)
    const says = typeof answer === 'string' ? undefined : whatIsWrong(probe, answer)
    if (says)
      wrong.push({
        check,
        is: 'fault',
        says: `${inWords(probe)} ${says}`,
        todo: 'Let the proxy ask Latchkey about it.',
      })
  }
  return wrong.length > 0 ? wrong : [{ check, is: 'ok', says: `${probes.length} requests of nobody got nowhere` }]
}

/** Undefined where it got nowhere. No answer at all is none of the app's. */
function whatIsWrong(probe: Probe, answer: Answer): string | undefined {
  const { status, challenge = '', elsewhere } = answer
  const portal = portalOf(answer)
  const to = portal?.searchParams.get('to') ?? elsewhere
  if (portal || (status === 401 && /^Bearer\b/.test(challenge))) {
    const isAbout = probe.wants === 'refuses' || !to || !to.includes('latchkey-doctor')
    return isAbout ? undefined : 'was taken for another request: the proxy believes a header of the visitor'
  }
  // Two dialects at once are malformed, and a stranger's token opens nothing.
  if (REFUSALS.includes(status) && probe.wants === 'refuses') return undefined
  if (status === 400) return undefined
  return status >= 500 ? `made ${status} of it` : `got through, and was answered ${status}`
}

const inWords = ({ method = 'GET', host, target, headers = {} }: Probe) => {
  const own = Object.entries(headers).filter(([name]) => !['Accept', 'Sec-Fetch-Mode'].includes(name))
  const said = own.map(([name, value]) => `${name}: ${value}`).slice(0, 2)
  return [
    `${method} ${target}`,
    ...(host ? [`at ${host}`] : []),
    ...(said.length > 0 ? [`with ${said.join(', ')}`] : []),
  ].join(' ')
}

/** Whoever reaches a check can ask it about a request that nobody has sent. */
async function hidden(portal: URL, url: URL, at: Asked['at']): Promise<Said[]> {
  const check = 'addresses of the checks'
  const place = placeOf(new URL(portal.origin), at)
  const open: string[] = []
  for (const probe of checkProbes) {
    const told = { 'X-Original-URL': url.href, 'X-Original-Method': 'GET' }
    const answer = await tried(place, { ...probe, headers: { ...probe.headers, ...told } })
    if (typeof answer !== 'string' && answer.status !== 404) open.push(probe.target)
  }
  if (open.length === 0) return [{ check, is: 'ok', says: `none is there at ${portal.origin}` }]
  const says = `${open.join(', ')} can be asked by everybody at ${portal.origin}`
  return [{ check, is: 'fault', says, todo: 'Let the proxy answer 404 for them, as the files in deploy/ do.' }]
}

async function withoutTls(url: URL): Promise<Said[]> {
  const place = placeOf(new URL(`http://${url.hostname}/`), undefined)
  const answer = await tried(place, { target: url.pathname })
  if (typeof answer === 'string' || answer.status >= 300) return []
  return [
    { check: 'TLS', is: 'fault', says: `http://${url.hostname} answers as well`, todo: 'Redirect http: to https:.' },
  ]
}
