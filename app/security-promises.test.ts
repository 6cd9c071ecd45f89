import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

const PROMISES = 'docs/promises.md'
const promised = /^## What it promises$([\s\S]*?)^## /m.exec(readFileSync(PROMISES, 'utf8'))?.[1] ?? ''

/** Each promise, from its dash to the next one, and the tests named beneath it. */
const promises = promised
  .split(/^(?=- |###)/m)
  .filter((text) => text.startsWith('- '))
  .map((text) => ({
    words: text.split('`')[0]?.trim() ?? '',
    proofs: [...text.matchAll(/^ {2}`([^`]+)` “([^”]+)”$/gm)].map(([, file = '', name = '']) => ({ file, name })),
    lines: text
      .trim()
      .split('\n')
      .filter((line) => line.includes('“')).length,
  }))

/** The names of the tests in a file; what is put in from case to case reads …. */
function testsIn(file: string): Set<string> {
  const source = readFileSync(file, 'utf8')
  const names = [...source.matchAll(/\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/g)]
  return new Set(
    names.map(([, single, double, template]) => (single ?? double ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, '…')),
  )
}

describe('docs/promises.md', () => {
  test('names at least one test for every promise, and reads as it is meant to', () => {
    assert.ok(promises.length > 50, `${promises.length} promises`)
    for (const { words, proofs, lines } of promises) {
      assert.ok(proofs.length > 0, words)
      assert.equal(proofs.length, lines, `a file in backticks, then its test in quotation marks: ${words}`)
    }
  })

  test('names only tests that there are', () => {
    const missing = promises
      .flatMap(({ proofs }) => proofs)
      .filter(({ file, name }) => !existsSync(file) || !testsIn(file).has(name))
    assert.deepEqual(missing, [])
  })

  test('gives a promise of its own to each group that the product has', () => {
    const groups = [...promised.matchAll(/^### (.+)$/gm)].map(([, name]) => name)
    for (const group of [
      'Passwords',
      'Sessions',
      'The second factor',
      'Recovery codes',
      'Recovery by mail',
      'Access tokens',
    ])
      assert.ok(groups.includes(group), group)
    for (const group of ['The API', 'Other sites', 'Guessing', 'The log', 'Mail', 'Secrets at rest'])
      assert.ok(groups.includes(group), group)
  })
})

describe('the documents on security', () => {
  for (const [file, headings] of Object.entries({
    [PROMISES]: ['What it does not promise'],
    'docs/operating.md': ['How to run it safely'],
    'SECURITY.md': ['Report a vulnerability', 'Supported versions', 'What we promise', "What we don't promise"],
  }))
    test(`${file} has its part: ${headings.join(', ')}`, () => {
      for (const heading of headings) assert.match(readFileSync(file, 'utf8'), new RegExp(`^## ${heading}$`, 'm'))
    })

  test('SECURITY.md is one page', () => {
    assert.ok(readFileSync('SECURITY.md', 'utf8').split('\n').length <= 60, 'more than 60 lines')
  })
})
