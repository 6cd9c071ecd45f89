import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import SwaggerParser from '@apidevtools/swagger-parser'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import spectralCore from '@stoplight/spectral-core'
import rulesets from '@stoplight/spectral-rulesets'
import { apiClient } from '#testing/clients/v1.ts'
import { BASE_URL, latchkey } from '#testing/index.ts'

const MOST_BYTES = 14 * 1024 // on the wire: what a new connection carries in its first round trip

const product = await latchkey()
after(() => product.close())
const { text } = await apiClient(product).raw('GET', '/api/openapi.json')
type Operation = { operationId: string; tags: string[]; security: object[]; 'x-scope'?: string; parameters?: object[] }
const document = JSON.parse(text) as { tags: { name: string }[]; paths: Record<string, Record<string, Operation>> }
const operations = Object.values(document.paths).flatMap((item) => Object.values(item))

describe('the OpenAPI document', () => {
  test('has no errors and no warnings by the rules of Redocly', async () => {
    const config = await createConfig({ extends: ['recommended'] })
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
    assert.deepEqual(
      problems.map(({ ruleId, message, location }) => `${ruleId} ${message} ${location[0]?.pointer}`),
      [],
    )
  })

  test('is taken by swagger-parser, references and all', async () => {
    await SwaggerParser.validate(JSON.parse(text))
  })

  test('has no errors and no warnings by the rules of Spectral', async () => {
    const spectral = new spectralCore.Spectral()
    // A call's summary is its description, and each site's operator says whom to ask.
    const rules = { 'operation-description': 'off', 'info-contact': 'off' } as const
    spectral.setRuleset({ extends: [[rulesets.oas as never, 'recommended']], rules })
    const problems = await spectral.run(text)
    assert.deepEqual(
      problems.map(({ code, message, path }) => `${code} ${message} ${path.join('.')}`),
      [],
    )
  })

  test('gives each call an id of its own and a group, and says where nobody is asked for', () => {
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
    const groups = document.tags.map(({ name }) => name)
    for (const { operationId, tags, security, ...rest } of operations) {
      assert.match(operationId, /^[a-z][A-Za-z]+$/)
      assert.ok(tags.length === 1 && groups.includes(tags[0] ?? ''), operationId)
      assert.deepEqual(security, rest['x-scope'] ? [{ bearer: [] }] : [], operationId)
      for (const parameter of rest.parameters ?? [])
        if ((parameter as { in: string }).in === 'path')
          assert.match(JSON.stringify(parameter), /"example":/, `${operationId} has an example for its path`)
    }
  })
})

describe('the page of the API', () => {
  test('groups the calls by what one wants to do, in the order one meets them, with an example of each answer', async () => {
    const { text: page } = await apiClient(product).raw('GET', '/api/docs')
    const headings = [...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, heading]) => heading)
    assert.deepEqual(
      headings.slice(0, document.tags.length),
      document.tags.map(({ name }) => name),
    )
    assert.deepEqual(headings.slice(0, 2), ['Sign in and out', 'Look at the account'])
    const calls = [...page.matchAll(/<h3>([^<]+)<\/h3>/g)].map(([, heading]) => heading)
    assert.deepEqual(calls.slice(0, 6), [
      'Sign in with email and password',
      'Answer a challenge with a code, a passkey or a recovery code',
      'Ask what a passkey has to answer to sign in without a password',
      'Sign in with a passkey alone',
      'The session that asks',
      'Sign out',
    ])
    assert.equal(calls.length, operations.length)
    const bodies = text.match(/"20[0-9]":\{"description":"[^"]*","content"/g) ?? []
    assert.ok(bodies.length > 10, 'most calls answer with a body')
    assert.ok((page.match(/Answers <code>/g) ?? []).length >= bodies.length - 1, 'and show how; signing in has two')
    assert.match(page, /Calls that only read also take GET/)
  })

  test('stays under fourteen kilobytes on the wire', async () => {
    const headers = { Host: new URL(BASE_URL).host, 'Accept-Encoding': 'gzip' }
    const environment = { incoming: { socket: { remoteAddress: '192.0.2.9' }, rawHeaders: [] } } as never
    const answer = await product.app.request('/api/docs', { headers }, environment)
    const bytes = Buffer.from(await answer.arrayBuffer())
    assert.equal(answer.headers.get('Content-Encoding'), 'gzip')
    assert.ok(gunzipSync(bytes).length > 10_000, 'it is the page')
    assert.ok(bytes.length <= MOST_BYTES, `${bytes.length} bytes`)
  })
})
