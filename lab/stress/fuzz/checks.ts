import { hasCanary, WRONG_PASSWORD } from './values.ts'
import { type Answer, headerOf, type Request } from './wire.ts'

/** What every answer of the product has, whatever was asked. */
const HEADERS = [
  ...['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy', 'permissions-policy'],
  ...['cross-origin-opener-policy', 'cross-origin-resource-policy', 'strict-transport-security', 'cache-control'],
]

/** Node sends these itself, empty, when something isn't HTTP or is too much of it. */
const OF_NODE = [400, 408, 413, 417, 431]

const TYPES = /^(text\/(html|plain|css|javascript|csv); |image\/(svg\+xml|x-icon)|application\/jsonl?\b)/
const JSON_TYPES = /^application\/((problem|jrd|jwk-set)\+)?json\b/
const INSIDES = /\bat [^\n]*\.[jt]sx?:\d|node:internal|SQLITE_|Drizzle|ECONN|"stack":/

/** What is wrong with an answer, in words; empty if all is well. `isRight`: our own pages would make this request. */
export function judge(request: Request, answer: Answer, isRight: boolean): string[] {
  if (answer.outcome === 'hung') return ['no answer in time']
  if (answer.outcome === 'closed') return isRight ? ['the connection was closed without an answer'] : []
  return [...statusOf(answer), ...headersOf(answer), ...contentOf(request, answer)]
}

/** "Too busy" is an answer if it says for how long. */
export const isBusy = (answer: Answer): boolean =>
  answer.status === 503 && /^\d+$/.test(headerOf(answer, 'retry-after') ?? '')

function statusOf(answer: Answer): string[] {
  if (answer.status >= 500 && !isBusy(answer)) return [`status ${answer.status}`]
  return answer.status < 200 ? [`no status: ${answer.status}`] : []
}

function headersOf(answer: Answer): string[] {
  const missing = HEADERS.filter((name) => headerOf(answer, name) === undefined)
  const isOfNode = OF_NODE.includes(answer.status) && answer.body.length === 0 && missing.length === HEADERS.length
  if (isOfNode || missing.length === 0) return []
  return [`without ${missing.join(', ')}`]
}

/** As the product reads it: `/api/v1/%2e%2e` is `/api/` (WHATWG URL, 4.4). What isn't a path at all is answered as unknown. */
function pathOf(target: string): string {
  try {
    return new URL(target, 'http://latchkey.test').pathname
  } catch {
    return ''
  }
}

function contentOf({ target }: Request, answer: Answer): string[] {
  if (answer.body.length === 0) return []
  const type = headerOf(answer, 'content-type') ?? ''
  const isJson = JSON_TYPES.test(type)
  const path = pathOf(target)
  const isUnread = answer.status === 400 && type.startsWith('text/plain') // what no path could be read from, in words
  const wanted = !isUnread && (path.startsWith('/api/v1/') || (path.startsWith('/1.0/') && answer.status === 200))
  const wrong: string[] = []
  if (wanted ? !isJson : !(TYPES.test(type) || isJson)) wrong.push(`content type ${type || 'missing'}`)
  if (headerOf(answer, 'content-encoding')) return wrong // compressed answers are not searched for text
  const text = answer.body.toString()
  if (isJson && !isParsed(text)) wrong.push('JSON that can not be parsed')
  if (type.startsWith('text/html') && hasCanary(text)) wrong.push('what was typed stands in the page unescaped')
  if (text.includes(WRONG_PASSWORD)) wrong.push('a password that was typed stands in the answer')
  if (INSIDES.test(text)) wrong.push('the answer tells of the insides')
  return wrong
}

function isParsed(text: string): boolean {
  try {
    return JSON.parse(text) !== undefined
  } catch {
    return false
  }
}
