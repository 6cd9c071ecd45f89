import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import { apiClient } from '#testing/clients/v1.ts'
import { BASE_URL, latchkey, PASSWORD, signedUp } from '#testing/index.ts'
import { answerUnreadable } from '../http/unreadable.ts'
import { createMetrics } from '../watch/metrics.ts'

const METRICS_TOKEN = 'metrics-token-of-the-operator-0123456789'
const product = await latchkey({ metricsToken: METRICS_TOKEN }, { metrics: await createMetrics() })
const api = apiClient(product)
const { email } = await signedUp(product)
const session = await api.signedIn(email)
const made = await api.call('POST', '/tokens', session, {
  ...{ password: PASSWORD, description: 'a file', scopes: ['account:read'] },
})
const token = String(made.body.value)
const MARK = '\xEF\xBB\xBF' // the bytes of a byte order mark, as they go over the wire

const server = createAdaptorServer({ fetch: product.app.fetch }) as Server
server.on('clientError', answerUnreadable(BASE_URL))
before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => assert.deepEqual(product.faults, []))
after(async () => {
  server.closeAllConnections()
  server.close()
  await product.close()
})

/** Raw bytes, because Node's own clients refuse to send some of them. */
async function raw(method: string, path: string, headers: string[], body = '') {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(BASE_URL).host}`, 'Connection: close', ...headers]
  if (body) lines.push('Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')
  await once(socket, 'close')
  return { status: Number(answer.slice(9, 12)), answer }
}

const CHECK = '/1.0/users/authentication/rest/checksign'
const INFO = '/1.0/users/account/rest/getuserinfo'
/** Every door that reads the header, and how it shows that the caller is in. */
const doors: [string, (...headers: string[]) => Promise<boolean>, string][] = [
  ['/api/v1', async (...headers) => (await raw('GET', '/api/v1/account', headers)).status === 200, token],
  ['/1.0', async (...headers) => /"result":0\b/.test((await raw('GET', INFO, headers)).answer), token],
  ['/metrics', async (...headers) => (await raw('GET', '/metrics', headers)).status === 200, METRICS_TOKEN],
]

for (const [door, opens, value] of doors)
  describe(`the header Authorization at ${door}`, () => {
    for (const [what, header] of [
      ['two blanks after Bearer', `Bearer  ${value}`],
      ['a tab after Bearer', `Bearer\t${value}`],
      ['blanks at the end', `Bearer ${value} \t`],
      ['a byte order mark before the token', `Bearer ${MARK}${value}`],
      ['all of these', `bearer \t ${MARK}${value}  `],
    ] as const)
      test(`with ${what} lets in (D23)`, async () => assert.equal(await opens(`Authorization: ${header}`), true))

    for (const [what, ...headers] of [
      ['that stands there twice', `Authorization: Bearer ${value}`, `Authorization: Bearer ${value}`],
      ['twice, once with a mark', `Authorization: Bearer ${MARK}${value}`, `Authorization: Bearer ${value}`],
      ['with two tokens', `Authorization: Bearer ${value} ${value}`],
      ['with two tokens and a comma', `Authorization: Bearer ${value},${value}`],
      ['with a mark inside', `Authorization: Bearer ${value.slice(0, 9)}${MARK}${value.slice(9)}`],
      ['with the mark of UTF-16', `Authorization: Bearer \xFF\xFE${value}`],
      ['without a blank', `Authorization: Bearer${value}`],
      ['with a carriage return', `Authorization: Bearer ${value}\r`],
      ['with a line feed', `Authorization: Bearer ${value}\n`],
    ] as [string, ...string[]][])
      test(`${what} does not (A64)`, async () => assert.equal(await opens(...headers), false))
  })

describe('a token with the line end of a file from Windows', () => {
  test('in a header is refused before any of it is read, and the answer says why (D23)', async () => {
    for (const end of ['\r', '\r\r', '\n']) {
      const { status, answer } = await raw('GET', '/api/v1/account', [`Authorization: Bearer ${token}${end}`])
      assert.equal(status, 400, JSON.stringify(end))
      assert.match(answer, /Content-Type: text\/plain[\s\S]*A token read from a file .*carriage return.*\n$/)
      assert.ok(!answer.includes(token), 'nothing of it comes back')
    }
  })

  for (const [what, text] of [
    ['a carriage return as it is', `${'VALUE'}\r`],
    ['an encoded line end', 'VALUE%0D%0A'],
    ['a byte order mark', `${MARK}VALUE`],
    ['an encoded mark, and a line end', '%EF%BB%BFVALUE%0D%0A'],
    ['blanks on both sides', '+VALUE%20'],
  ] as const)
    test(`as the parameter session, with ${what}, opens /1.0 (D23)`, async () => {
      for (const value of [session, token])
        assert.match((await raw('POST', CHECK, [], `session=${text.replace('VALUE', value)}`)).answer, /"result":0\b/)
      if (!/[\r\xEF]/.test(text))
        assert.match((await raw('GET', `${CHECK}?session=${text.replace('VALUE', token)}`, [])).answer, /"result":0\b/)
    })

  test('in both places is one token, and two that differ are refused', async () => {
    const header = [`Authorization: Bearer  ${token}`]
    assert.match((await raw('POST', CHECK, header, `session=${token}%0D`)).answer, /"result":0\b/)
    assert.match((await raw('POST', CHECK, header, `session=${session}%0D`)).answer, /"result":3\b/)
    assert.match((await raw('POST', CHECK, [], `session=${token}&session=${token}%0D`)).answer, /"result":(?!0\b)/)
  })
})
