import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isText } from './media-type.ts'

const JSON_TYPE = 'application/json'
const isJson = (header: string | undefined) => isText(JSON_TYPE, header)

describe('a content type', () => {
  for (const header of [
    'application/json',
    'Application/JSON',
    'application/json;charset=UTF-8',
    'application/json ;\tCharset = "utf-8" ',
    'application/json; charset=utf8',
    'application/json; charset="\\u\\tf-8"',
    'application/json;v=1',
    'application/json; v=1; charset=utf-8; profile="a;charset=utf-7, \\"b\\""',
    'application/json;',
    'application/json; ; v=1;',
  ])
    test(`${JSON.stringify(header)} is JSON (D23)`, () => assert.equal(isJson(header), true))

  for (const header of [
    undefined,
    '',
    'application/json; charset=utf-7',
    'application/json; charset="utf-16"',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json; charset=utf-8; CHARSET=utf-8',
    'application/json; charset=""',
    'application/json; charset',
    'application/json, text/plain',
    'application/json; v=1, text/plain',
    'application/json; v="open',
    'application/json v=1',
    'appli cation/json',
    'text/plain; application/json',
    'application/jsonp',
    'application/ld+json',
  ])
    test(`${JSON.stringify(header)} is not (A57)`, () => assert.equal(isJson(header), false))

  test('as long as a header can be is refused, and costs nothing', () => {
    const long = 16_000
    for (const part of [' ', ';', '; ', '"', '\\', ';a="', ';a=', ';a=b', ';charset=utf-8', 'a'])
      for (const end of ['', '"', ',']) {
        const header = `${JSON_TYPE};${part.repeat(long / part.length)}${end}`
        const before = performance.now()
        assert.equal(isJson(header), false, part)
        assert.ok(performance.now() - before < 100, `${part} ${end}`)
      }
  })
})
