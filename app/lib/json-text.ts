export type Step = string | number
type Read = { ok: true; value: unknown; lineAt(path: readonly PropertyKey[]): number }
type Wrong = { ok: false; line: number; why: string }

const DEEPEST = 20
const SPACE = /[ \t\r\n]*/y
const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\.)*")|(-?\d[\d.eE+-]*|true|false|null))/uy

/** JSON, and the line on which each of its values stands: what a file says twice or wrongly can be pointed at. */
export function readJsonText(text: string): Read | Wrong {
  const lines = new Map<string, number>()
  let at = 0
  let line = 1

  /** Of the token that comes next. */
  function lineNow() {
    SPACE.lastIndex = at
    return line + newlines(SPACE.exec(text)?.[0] ?? '')
  }
  const stop = (why: string): never => {
    throw new NoJson(lineNow(), why)
  }
  function peek(): string {
    TOKEN.lastIndex = at
    const [, sign, string, word] = TOKEN.exec(text) ?? []
    return sign ?? string ?? word ?? ''
  }
  function take(token: string) {
    TOKEN.lastIndex = at
    line += newlines(TOKEN.exec(text)?.[0] ?? '')
    at = TOKEN.lastIndex
    return token
  }
  const need = (sign: string) => (peek() === sign ? take(sign) : stop(`There is a ${sign} missing.`))
  function plain(token: string): unknown {
    try {
      return JSON.parse(token)
    } catch {
      return stop('This is no JSON.')
    }
  }

  function valueAt(path: readonly Step[]): unknown {
    lines.set(JSON.stringify(path), lineNow())
    if (path.length > DEEPEST) stop('It is nested too deeply.')
    const token = peek()
    if (token === '{') return Object.fromEntries(membersOf(path))
    if (token === '[') return itemsOf(path)
    const value = plain(token)
    take(token)
    return value
  }

  function membersOf(path: readonly Step[]): Map<string, unknown> {
    const members = new Map<string, unknown>()
    take('{')
    while (peek() !== '}') {
      if (members.size > 0) need(',')
      const token = peek()
      const key = token.startsWith('"') ? String(plain(token)) : stop('This is no JSON: a name in quotes is missing.')
      if (members.has(key)) stop(`${token} is there twice.`)
      take(token)
      lines.set(JSON.stringify([...path, key]), lineNow())
      need(':')
      members.set(key, valueAt([...path, key]))
    }
    take('}')
    return members
  }

  function itemsOf(path: readonly Step[]): unknown[] {
    const items: unknown[] = []
    take('[')
    while (peek() !== ']') {
      if (items.length > 0) need(',')
      items.push(valueAt([...path, items.length]))
    }
    take(']')
    return items
  }

  try {
    const value = valueAt([])
    if (text.slice(at).trim() !== '') stop('There is something after its end.')
    return { ok: true, value, lineAt: (path) => lineOf(lines, path) }
  } catch (error) {
    if (error instanceof NoJson) return { ok: false, line: error.line, why: error.message }
    throw error
  }
}

const newlines = (text: string) => text.split('\n').length - 1

/** Of what isn't there itself: the line of what it would be in. */
const lineOf = (lines: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number =>
  lines.get(JSON.stringify(path)) ?? (path.length === 0 ? 1 : lineOf(lines, path.slice(0, -1)))

class NoJson extends Error {
  constructor(
    readonly line: number,
    why: string,
  ) {
    super(why)
  }
}
