import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

const read = (file: string) => readFileSync(file, 'utf8')
const every = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)

const folders = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$|data$)/.test(entry.name))
  .map(({ name }) => name)
const DOCUMENTS = [
  ...readdirSync('.'),
  ...folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
].filter((file) => file.endsWith('.md') && !file.includes('node_modules'))

/** As GitHub makes it from a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const isThere = (document: string, link: string) => {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? document : join(dirname(document), path)
  if (!existsSync(file)) return false
  return (
    anchor === undefined ||
    every(read(file), /^#+ (.+)$/gm)
      .map(anchorOf)
      .includes(anchor)
  )
}

/** What a document calls a file or a folder: in backticks or among the lines to paste, with a slash or an ending that ours have. */
const named = (document: string) =>
  every(read(document), /(```[\s\S]*?```|`[^`\n]+`)/g)
    .flatMap((quoted) => quoted.replaceAll('`', ' ').split(/\s+/))
    .map((word) => word.replace(/\/$/, ''))
    .filter((word) => /^[\w-][\w.-]*(\/[\w.-]+)*$/.test(word))
    .filter((word) => FOLDER.test(word) || /\.(tsx?|js|json|md|sql|yaml|sh|service|css)$/.test(word))
const FOLDER = new RegExp(`^(${folders.join('|')})/`)
/** Names for any flow, and what only a build or a run of the browser suite makes. */
const MADE = /^(x(\.\w+)*\.tsx?|dist|dist\/.*|e2e\/(report|results(\.json|\/.*)?))$/

describe('the documents', () => {
  test('link only to pages and headings that exist', () => {
    const dead = DOCUMENTS.flatMap((document) =>
      every(read(document), /\]\(([^)\s]+)\)/g)
        .filter((link) => !/^https?:/.test(link) && !isThere(document, link))
        .map((link) => `${document}: ${link}`),
    )
    assert.deepEqual(dead, [])
  })

  test('name only files and folders that exist', () => {
    assert.ok(named('README.md').length > 0, 'paths are found')
    const missing = DOCUMENTS.filter((document) => document !== 'CHANGELOG.md').flatMap((document) =>
      named(document)
        .filter((path) => !MADE.test(path) && !existsSync(path) && !existsSync(join(dirname(document), path)))
        .map((path) => `${document}: ${path}`),
    )
    assert.deepEqual(missing, [])
  })

  test('name only variables that something reads', () => {
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
        .map((file) => read(join(folder, file))),
    )
    const unread = DOCUMENTS.filter((document) => document !== 'CHANGELOG.md').flatMap((document) =>
      every(read(document), /`([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/g)
        .filter((variable) => !sources.some((source) => new RegExp(`\\b${variable}\\b`).test(source)))
        .map((variable) => `${document}: ${variable}`),
    )
    assert.deepEqual(unread, [])
  })

  test('name only commands that npm has here', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const unknown = DOCUMENTS.flatMap((document) =>
      every(read(document), /npm run (?:--silent )?([a-z][\w:-]*)/g)
        .filter((name) => !(name in scripts))
        .map((name) => `${document}: npm run ${name}`),
    )
    assert.deepEqual(unknown, [])
  })

  test('the README has fewer than a thousand words', () => {
    const words = read('README.md').split(/\s+/).length
    assert.ok(words < 1000, `${words} words`)
  })

  test('every dependency has its reason in docs/architecture.md, and no other package has one', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>
    const section = /^## Dependencies$([\s\S]*)/m.exec(read('docs/architecture.md'))?.[1] ?? ''
    const named = every(section, /^\| ([^|]+) \|/gm)
      .flatMap((cell) => cell.split(', '))
      .filter((name) => name !== 'Package')
    const all = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'))
    assert.deepEqual(named.sort(), all.sort())
  })

  test('every decision has its context, what was decided and what follows, and is in the list', () => {
    const list = read('docs/decisions/README.md')
    const pages = readdirSync('docs/decisions').filter((file) => file !== 'README.md')
    assert.ok(pages.length > 0, 'no decision')
    for (const page of pages) {
      const headings = every(read(join('docs/decisions', page)), /^## (.+)$/gm)
      assert.deepEqual(headings, ['Context', 'Decision', 'Consequence'], page)
      assert.ok(list.includes(`(${page})`), `${page} is not in the list`)
    }
  })
})
