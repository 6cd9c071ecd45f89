import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TrieRouter } from 'hono/router/trie-router'
import { RememberingRouter } from './router.ts'

const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b') },
  fc.constantFrom('settings', ':id', ':of', '*'),
)
const route = fc.record({
  method: fc.constantFrom('GET', 'POST', 'ALL'),
  path: fc.array(part, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
})
const asked = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'G'),
  path: fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('a', 'b') },
        fc.constantFrom('settings', ':id', '*', '', 'ET'),
        fc.string({ maxLength: 4 }),
      ),
      {
        maxLength: 5,
      },
    )
    .map((parts) => `/${parts.join('/')}`),
})
const step = fc.oneof(
  { weight: 1, arbitrary: route.map((add) => ({ add })) },
  { weight: 4, arbitrary: asked.map((ask) => ({ ask })) },
)

test('the router that remembers finds what the one beneath it finds, for any routes, requests and order of both', () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 6 }), fc.array(step, { maxLength: 60, size: 'max' }), (routes, steps) => {
      const remembering = new RememberingRouter<string>()
      const plain = new TrieRouter<string>()
      const add = ({ method, path }: { method: string; path: string }, handler: string) => {
        for (const router of [remembering, plain]) router.add(method, path, handler)
      }
      for (const [index, each] of routes.entries()) add(each, `route ${index}`)
      for (const [index, each] of steps.entries()) {
        if ('add' in each) add(each.add, `step ${index}`)
        else
          assert.deepEqual(
            remembering.match(each.ask.method, each.ask.path),
            plain.match(each.ask.method, each.ask.path),
          )
      }
    }),
    { numRuns: 300 },
  )
})
