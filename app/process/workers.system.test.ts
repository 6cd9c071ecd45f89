import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { builtServer, byHttp, remoteProduct, untilSaid } from '#testing/index.ts'

const TOKEN = 'scraper-0123456789'

const { environment, close } = await remoteProduct(() => 0)
const server = await builtServer()
const start = (more: Record<string, string> = {}) => server.start({ ...environment, WORKERS: '2', ...more })
after(async () => {
  await server.end()
  await close()
})

const get = async (port: number, path: string, headers: Record<string, string> = {}) =>
  byHttp(() => port)(path, { headers: { Host: 'latchkey.test', ...headers } }, '192.0.2.1')

/** Resolves when nobody listens there, or after twenty seconds. */
async function isClosed(port: number) {
  for (let tries = 0; tries < 400; tries++) {
    const answer = await get(port, '/healthz').catch((error: NodeJS.ErrnoException) => error.code)
    if (answer === 'ECONNREFUSED') return true
    await pause(50)
  }
  return false
}

describe('several workers', () => {
  test('stop with the first process, once what is in work is answered, with exit code 0', async () => {
    const one = await start()
    assert.equal((await get(one.port, '/readyz')).status, 200)
    assert.deepEqual(await one.stop(), [0, null])
    assert.match(one.out(), /"msg":"stopped"\}\n$/)
    assert.equal(one.out().match(/"msg":"stopped"/g)?.length, 1)
    assert.equal(one.err(), '')
  })

  test('do not outlive a first process that is killed', async () => {
    const one = await start()
    await one.kill()
    assert.ok(await isClosed(one.port))
  })

  test('while they drain are not ready, answer all the same, and let go of connections that are kept alive', async () => {
    const one = await start({ DRAIN_SECONDS: '3' })
    const keepAlive = { Connection: 'keep-alive' }
    assert.equal((await get(one.port, '/sign-in', keepAlive)).headers.get('Connection'), 'keep-alive')
    one.child.kill('SIGTERM')
    let answer = await get(one.port, '/readyz')
    while (answer.status === 200) answer = await get(one.port, '/readyz') // the signal is on its way
    assert.equal(answer.status, 503)
    assert.equal(await answer.text(), 'this process is stopping')
    for (const path of ['/sign-in', '/healthz']) {
      const still = await get(one.port, path, keepAlive)
      assert.deepEqual([still.status, still.headers.get('Connection')], [200, 'close'])
    }
    assert.deepEqual(await one.ended, [0, null])
  })

  test('are one page of metrics, on which no count falls when one of them is killed', async () => {
    const one = await start({ METRICS_TOKEN: TOKEN })
    const pages = async () => (await get(one.port, '/metrics', { Authorization: `Bearer ${TOKEN}` })).text()
    const value = (page: string, line: string) =>
      Number(
        page
          .split('\n')
          .find((each) => each.startsWith(`${line} `))
          ?.slice(line.length + 1) ?? 0,
      )
    const seen = 'latchkey_request_seconds_count{route="/sign-in",method="GET",status="2xx"}'
    for (let asked = 0; asked < 8; asked++) await get(one.port, '/sign-in')
    const before = await pages()
    assert.equal(value(before, seen), 8)
    assert.ok(value(before, 'process_resident_memory_bytes') > 60 * 1024 * 1024, 'of both')
    await untilSaid(one, /"worker":2,[^\n]+"msg":"worker_serves"/)
    const from = one.out().length
    process.kill(Number(/"pid":(\d+)/.exec(one.out())?.[1]), 'SIGKILL')
    await untilSaid(one, /"msg":"worker_ended"/, from)
    assert.equal(value(await pages(), seen), 8, 'while it is away')
    await untilSaid(one, /"msg":"worker_serves"/, from)
    for (let asked = 0; asked < 4; asked++) await get(one.port, '/sign-in')
    const later = await pages()
    assert.equal(value(later, seen), 12)
    assert.ok(value(later, 'process_cpu_seconds_total') >= value(before, 'process_cpu_seconds_total'))
    assert.deepEqual(await one.stop(), [0, null])
  })

  test('that end as soon as they start are given up in a sentence, with exit code 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    after(() => taken.close())
    const { port } = taken.address() as { port: number }
    const one = await start({ PORT: String(port) })
    assert.deepEqual(await one.ended, [1, null])
    assert.match(one.err(), /^Latchkey did not start: (bind|listen) EADDRINUSE[^\n]+\n$/)
    assert.equal(one.out(), '')
  })

  test('that can not start again later are tried five times, and then given up', async () => {
    const copy = `dist/test-workers-${randomUUID()}.js`
    copyFileSync(server.program, copy)
    const one = await server.start({ ...environment, WORKERS: '2', LOG_LEVEL: 'info' }, copy)
    await untilSaid(one, /"worker":2,[^\n]+"msg":"worker_serves"/)
    rmSync(copy) // no worker can be started after this
    for (const [, pid] of one.out().matchAll(/"pid":(\d+)/g)) process.kill(Number(pid), 'SIGKILL')
    assert.deepEqual(await one.ended, [1, null])
    assert.match(one.err(), /Latchkey stopped: its workers end as soon as they start\.\n/)
    const waits = [...one.out().matchAll(/"ms":(\d+),"worker":1,/g)].map(([, ms]) => Number(ms))
    assert.deepEqual(waits.slice(0, 4), [100, 200, 400, 800])
  })
})
