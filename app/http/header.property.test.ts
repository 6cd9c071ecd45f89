import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, describe, test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import fc from 'fast-check'
import { Hono } from 'hono'
import type { AppEnv } from './env.ts'
import { headerOf } from './header.ts'

/** What we ask for, of both kinds that Node has. */
const NAMES = [
  ...['cookie', 'x-original-url', 'x-forwarded-for', 'sec-fetch-mode', 'accept', 'upgrade', 'origin', 'purpose'],
  ...['authorization', 'proxy-authorization', 'host', 'user-agent', 'referer', 'content-type', 'if-modified-since'],
] as const

const app = new Hono<AppEnv>().get('/', (c) =>
  c.json(NAMES.map((name) => [name, headerOf(c, name) ?? null, c.req.header(name) ?? null])),
)
const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())

/** Each name with what we say and what Hono does; undefined for what Node refuses to read. */
async function read(lines: string[]): Promise<[string, string | null, string | null][] | undefined> {
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.end(
    `GET / HTTP/1.1\r\nHost: localhost\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`,
    'latin1',
  )
  const answer = await text(socket)
  return answer.startsWith('HTTP/1.1 200')
    ? JSON.parse(answer.slice(answer.indexOf('['), answer.lastIndexOf(']') + 1))
    : undefined
}

const name = fc.constantFrom(...NAMES).chain((name) =>
  fc.constantFrom(
    name,
    name.toUpperCase(),
    name.replace(/^./, (first) => first.toUpperCase()),
  ),
)
const value = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 12 })
  .map((bytes) => String.fromCharCode(...bytes.filter((byte) => byte !== 10 && byte !== 13)))

describe('a header of a request', () => {
  test('is what Hono says it is, whatever its bytes, its case, and however many have its name', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 6 }), async (headers) => {
        const all = await read(headers.map(([name, value]) => `${name}: ${value}`))
        // Of two empty ones, Node keeps a space.
        for (const [name, ours, theirs] of all ?? []) assert.equal(ours?.trim(), theirs?.trim(), name)
        if (all) accepted++
      }),
    )
    assert.ok(accepted > 20, `Node read ${accepted} of them.`)
  })

  test('of which Node keeps the first is that of all, so nobody reads one of two', async () => {
    const all = await read([
      'Authorization: Bearer one',
      'authorization: Bearer two',
      'X-Original-URL: a',
      'x-original-url: b',
    ])
    const said = Object.fromEntries((all ?? []).map(([name, ours]) => [name, ours]))
    assert.equal(said.authorization, 'Bearer one, Bearer two')
    assert.equal(said['x-original-url'], 'a, b')
  })

  test('is read from a request that came through no server as well', async () => {
    const asked = new Hono<AppEnv>().get('/', (c) => c.text(headerOf(c, 'sec-fetch-mode') ?? ''))
    const answer = await asked.request('/', { headers: { 'Sec-Fetch-Mode': 'navigate' } })
    assert.equal(await answer.text(), 'navigate')
  })
})
