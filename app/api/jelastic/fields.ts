import type { z } from 'zod'
import type { AppContext } from '../../http/env.ts'
import { headerOf } from '../../http/header.ts'
import { Refusal } from '../../http/refusals.ts'
import { readText } from '../../http/text.ts'
import { Failure } from './results.ts'

// How the parameters of `/1.0/` arrive: in a form body of either kind, or in the query of a GET that only reads.

/** Never accepted in a URL, where logs and histories would keep them. */
const SECRETS = ['password', 'oldPassword', 'newPassword', 'code', 'access_token']
/** What a client may send more than once, and as `name[]`. */
const LISTS = ['apiList', 'ids']

/** For an existing method. Names are read in any letter case, and keep their documented one. */
export async function parametersOf(
  c: AppContext,
  { parameters, reads }: { parameters: z.ZodObject; reads: boolean },
  { sessionsInUrls }: { sessionsInUrls: boolean },
): Promise<Map<string, string>> {
  const names = Object.keys(parameters.shape)
  const fieldsOf = (pairs: Iterable<[string, string]>) => gathered(pairs, ['session', ...SECRETS, ...names])
  const query = fieldsOf(new URLSearchParams(new URL(c.req.url).search))
  const isRead = c.req.method === 'GET' && reads
  const sent = [...query.keys()]
  const misplaced =
    sent.find((name) => SECRETS.includes(name)) ??
    (isRead ? undefined : sent.find((name) => ['session', ...names].includes(name)))
  if (misplaced) throw usePost(`with ${misplaced} in the form body: it does not belong in a URL.`)
  const session = query.get('session')
  if (session && !session.startsWith('lk_') && !sessionsInUrls)
    throw usePost('with session in the form body: in a URL, only access tokens (lk_…) are taken here.')
  if (isRead) return query
  if (c.req.method === 'POST') return fieldsOf(await pairsIn(c))
  throw usePost('with the parameters in a form body (application/x-www-form-urlencoded).')
}

const usePost = (how: string) => new Failure('not_supported', `Use POST, ${how}`)

async function pairsIn(c: AppContext): Promise<Iterable<[string, string]>> {
  const text = await readText(c)
  const header = headerOf(c, 'content-type')
  if (header === undefined && text === '') return [] // with the session in the header, there may be nothing left to say
  switch (header?.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/x-www-form-urlencoded':
      return new URLSearchParams(text)
    case 'multipart/form-data':
      return partsIn(text, header ?? '')
    default:
      throw new Refusal(415, 'not_a_form')
  }
}

async function partsIn(text: string, type: string): Promise<[string, string][]> {
  const form = await new Response(text, { headers: { 'Content-Type': type } }).formData().catch(() => undefined)
  return [...(form ?? refuse())].map(([name, value]) => [name, typeof value === 'string' ? value : refuse()])
}

function refuse(): never {
  throw new Refusal(415, 'not_a_form')
}

function gathered(pairs: Iterable<[string, string]>, known: string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [given, value] of pairs) {
    // Bad UTF-8 after a percent sign turns into U+FFFD. PostgreSQL refuses NUL, and nobody means it.
    if (/[\0\uFFFD]/.test(given + value)) throw new Refusal(400, 'not_text')
    const name = nameOf(given, known)
    const before = fields.get(name)
    if (before !== undefined && !LISTS.includes(name)) throw new Refusal(400, 'repeated_field')
    const one = name === 'session' ? value.trim() : value // from a file it has line ends and a byte order mark around it
    fields.set(name, before === undefined ? one : `${before},${one}`)
  }
  return fields
}

/** A misspelt name must not be ignored: without its `apiList` a token could do everything. */
function nameOf(given: string, known: string[]): string {
  const like = (name: string, text: string) => name.toLowerCase() === text.toLowerCase()
  const listed = LISTS.find((name) => like(name, given.replace(/\[\d*\]$/, '')))
  return listed ?? known.find((name) => like(name, given)) ?? given
}
