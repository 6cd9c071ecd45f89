import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { transformSync } from 'esbuild'

const filesIn = (folder: string, ending: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => `${folder}/${file}`)

/** What people read: all of views but the words, what routes put into pages, and what the script writes. */
const sources = [
  ...filesIn('views', /\.tsx?$/).filter((file) => !file.startsWith('views/words/')),
  ...filesIn('app', /\.routes\.tsx$/).filter((file) => !file.startsWith('app/api/')),
  ...filesIn('public', /\.js$/),
]

describe('what people read', () => {
  test('is in views/words, and no sentence of it anywhere else', () => {
    assert.ok(sources.length > 80, `it looks at ${sources.length} files`)
    const found = sources.flatMap((file) => sentencesIn(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`))
    assert.deepEqual(found, [])
  })

  test('is found wherever it hides: between tags, in an attribute, in an expression, in a constant', () => {
    const source = `
      const TITLES = { add: 'Register Authentication App', url: '/settings/two-factor' } as const
      export const Page = ({ left, class: name = 'primary wide' }: Props) => (
        <Narrow title="Sign in" class="stack tight">
          <p class={left > 0 ? 'mark good' : 'mark warn'}>since <When at={left} to="day" /></p>
          <a href={\`/settings/\${left}/edit\`} aria-label={'Edit'}>{left ? \`\${left} of twelve\` : 'never'}</a>
          <Field name="code" label={words.ui.code} hint='six' placeholder="ada" input={{ type: 'text' }} />
        </Narrow>
      )`
    assert.deepEqual(sentencesIn(source).sort(), [
      ...['Edit', 'Register Authentication App', 'Sign in', 'ada', 'never', 'of twelve', 'since', 'six'],
    ])
  })
})

const SAID = /^(aria-label|title|label|hint|placeholder|alt|submit|button|text|summary)$/
const UNSAID = /^(class|className|d|viewBox|content|rel|action|href|shape)$/
const SENTENCE = /\p{L}{2,}[,.:;]? \p{L}{2,}|^\p{Lu}\p{Ll}+[.!?]?$/u

/** The texts of a module that look as if somebody was to read them. */
function sentencesIn(source: string): string[] {
  const { code } = transformSync(source, { loader: 'tsx', jsx: 'transform', jsxFactory: 'h', jsxFragment: 'Fragment' })
  return literalsIn(code)
    .filter(({ text, name, isChild }) => {
      if (!/\p{L}/u.test(text) || UNSAID.test(name) || NAMES.includes(text)) return false
      return isChild || SAID.test(name) || SENTENCE.test(text.trim())
    })
    .map(({ text }) => text.trim())
}

/** `name`: of the property or attribute that it is the value of. `isChild`: it stands between tags, or in an expression there. */
type Literal = { text: string; name: string; isChild: boolean }

const TOKENS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(?<=[(,=:[!&|?{};]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[()[\]{},]/g

/** Before a string that nobody reads: a module's name, what is compared, a selector. */
const NO_TEXT = /(\b(from|import) ?|[=!]== |\b(all|closest|querySelector(All)?)\()$/
/** What a string is the value of: at once, where a condition holds, or where nothing else is given. */
const NAME = /([\w-]+)["']?(?:: |: [^,{}]*\? (?:[^,{}]* : )?|: \w+ = | = )$/
/** The product's own name, and a file's. */
const NAMES = ['Latchkey', 'openapi.json', 'Refresh'] // the last one is a header

/** The strings of plain JavaScript, where `h(kind, attributes, ...children)` makes an element. */
function literalsIn(code: string): Literal[] {
  const found: Literal[] = []
  const open: { isElement: boolean; commas: number }[] = []
  for (const match of code.matchAll(TOKENS)) {
    const [token, double, single, template] = match
    const before = code.slice(Math.max(0, match.index - 60), match.index)
    const innermost = open.at(-1)
    if ('([{'.includes(token)) open.push({ isElement: token === '(' && /\bh$/.test(before), commas: 0 })
    else if (')]}'.includes(token)) open.pop()
    else if (token === ',' && innermost) innermost.commas++
    const written = double ?? single ?? template?.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '')
    if (written === undefined || NO_TEXT.test(before)) continue
    const name = NAME.exec(before)?.[1] ?? ''
    const isChild = Boolean(innermost?.isElement && innermost.commas >= 2)
    found.push({ text: unescaped(written), name, isChild })
  }
  return found
}

const unescaped = (text: string) =>
  text.replaceAll(/\\u\{?([0-9a-f]+)\}?|\\(.)/gi, (_, code, char) =>
    code ? String.fromCodePoint(Number.parseInt(code, 16)) : char === 'n' ? ' ' : char,
  )
