import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Hono } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { RememberingRouter } from './router.ts'

const routesOf = (router: RememberingRouter<never> | TrieRouter<never>) =>
  new Hono({ router: router as never })
    .use(async (c, next) => {
      await next()
      c.header('Passed', 'all')
    })
    .use('/a/*', async (c, next) => {
      await next()
      c.header('Passed', 'all, a', { append: false })
    })
    .get('/a/plain', (c) => c.text('plain'))
    .post('/a/plain', (c) => c.text('posted'))
    .get('/a/:id', (c) => c.text(`id ${c.req.param('id')}`))
    .get('/a/:id/:of', (c) => c.text(`${c.req.param('id')} of ${c.req.param('of')}`))

describe('the router that remembers', () => {
  const remembering = routesOf(new RememberingRouter())
  const plain = routesOf(new TrieRouter())

  test('leads where the one that does not remember leads, the first time and every other', async () => {
    const requests = [
      'GET /a/plain',
      'POST /a/plain',
      'HEAD /a/plain',
      'PUT /a/plain',
      'GET /a/x',
      'GET /a/y',
      'GET /a/x/1',
    ]
    for (const round of ['first', 'second', 'third'])
      for (const request of [...requests, 'GET /a/plain/', 'GET /A/plain', 'GET /b', 'GET //a/plain', 'GET /a/:id']) {
        const [method = '', path = ''] = request.split(' ')
        const [one, other] = await Promise.all([remembering, plain].map((app) => app.request(path, { method })))
        assert.ok(one && other)
        const told = async (answer: Response) => [answer.status, answer.headers.get('Passed'), await answer.text()]
        assert.deepEqual(await told(one), await told(other), `${request}, ${round}`)
      }
  })

  test('remembers no path that has an id in it, however many are asked for', () => {
    const router = new RememberingRouter<string>()
    router.add('GET', '/x/:id', 'x')
    router.add('GET', '/y', 'y')
    const [one, two] = ['/x/1', '/x/2'].map((path) => router.match('GET', path))
    assert.notEqual(one, two)
    assert.notEqual(router.match('GET', '/x/1'), one)
    assert.equal(router.match('GET', '/y'), router.match('GET', '/y'))
  })

  test('a route that is added later is found', () => {
    const router = new RememberingRouter<string>()
    router.add('GET', '/y', 'first')
    assert.equal(router.match('GET', '/y')[0].length, 1)
    router.add('ALL', '/y', 'second')
    assert.equal(router.match('GET', '/y')[0].length, 2)
  })
})
