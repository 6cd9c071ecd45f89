import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/env.ts'
import { headerOf } from '../http/header.ts'
import { isText } from '../http/media-type.ts'
import { Refusal } from '../http/refusals.ts'
import { readText } from '../http/text.ts'

const JSON_TYPE = 'application/json'

/** How all JSON that changes something comes in: this content type, UTF-8, no name twice, no NUL. Schemas say what it means. */
export const jsonBody = createMiddleware<AppEnv>(async (c, next) => {
  const text = await readText(c)
  const isWanted = text !== '' || c.req.method !== 'DELETE'
  if (isWanted && !isText(JSON_TYPE, headerOf(c, 'content-type'))) throw new Refusal(415, 'not_json')
  if (isWanted) {
    check(text)
    c.req.raw.headers.set('Content-Type', JSON_TYPE) // the routes check it too, and know fewer spellings
  }
  c.req.bodyCache.text = Promise.resolve(text || 'null') as never // so later code parses what was checked here
  return next()
})

function check(text: string) {
  try {
    JSON.parse(text)
  } catch {
    throw new Refusal(400, 'not_json_text')
  }
  if (!hasTextOnly(text)) throw new Refusal(400, 'not_text')
  if (hasRepeatedName(text)) throw new Refusal(400, 'repeated_field')
}

/** No NUL, no half character, no replacement character, escaped or not. `text` is valid JSON from valid UTF-8. */
function hasTextOnly(text: string): boolean {
  if (text.includes('\uFFFD')) return false
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"/g))
    if (token.includes('\\u') && /[\0\uFFFD]|\p{Cs}/u.test(JSON.parse(token))) return false
  return true
}

/** JSON.parse keeps the last of two equal names, other parsers the first, so we accept neither. `text` is valid JSON. */
export function hasRepeatedName(text: string): boolean {
  const open: (Set<string> | undefined)[] = [] // a set of names per object, undefined per array
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)
  for (const [token, colon] of tokens) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string
      const names = open.at(-1)
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}
