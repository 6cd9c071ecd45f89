import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { builtServer } from '#testing/built-server.ts'
import { ask, SITE, type StartedProxy, startProxy } from '#testing/proxy.ts'
import type { ServerProcess } from '#testing/server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-proxied-'))
const built = await builtServer()
const SETTINGS = {
  DATABASE_URL: `file:${join(folder, 'latchkey.db')}`,
  LATCHKEY_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  BASE_URL: `https://${SITE}`,
  SIGN_UP: 'open',
  TRUST_PROXY: '127.0.0.1',
}
after(async () => {
  await built.end()
  rmSync(folder, { recursive: true, force: true })
})

const FORM = {
  'Content-Type': 'application/x-www-form-urlencoded',
  Origin: `https://${SITE}`,
  'Sec-Fetch-Site': 'same-origin',
}
/** Both APIs, by any spelling that the server takes. */
const CALLS = ['/1.0', '/1.0/users/authentication/rest/signin', '/api', '/api/v1/sessions', '/api/docs', '/%31.0/x']

for (const kind of ['nginx', 'caddy'] as const)
  describe(`${kind} with its file in deploy/`, () => {
    let server: ServerProcess
    let proxy: StartedProxy
    before(async () => {
      server = await built.start(SETTINGS)
      proxy = await startProxy(kind, server.port)
    })
    after(async () => {
      await proxy.stop()
      await server.kill()
    })

    test('lets people in: pages come over TLS, and a form of ours is taken', async () => {
      const page = await ask(proxy, '/sign-up')
      assert.equal(page.status, 200)
      assert.match(page.text, /Create your account/)
      const body = new URLSearchParams({ email: `ada-${kind}@example.com`, password: 'violet kettle marches north' })
      const answer = await ask(proxy, '/sign-up', { method: 'POST', headers: FORM, body: `${body}` })
      assert.equal(answer.status, 303)
      assert.ok(
        answer.cookies.some((cookie) => cookie.startsWith('__Host-latchkey=')),
        'a session',
      )
    })

    test('answers what the browser suite asks first, and hides health and metrics', async () => {
      const asked = /new URL\('([^']+)', url\)/.exec(readFileSync('e2e/server.ts', 'utf8'))?.[1] ?? ''
      assert.equal((await ask(proxy, asked)).status, 200, asked)
      for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await ask(proxy, path)).status, 404, path)
    })

    test('sends pages from http on to https, and refuses both APIs there, whose caller has just sent a secret', async () => {
      const page = await ask(proxy, '/settings/account?x=1', { scheme: 'http' })
      assert.equal(page.status, 301)
      assert.equal(page.location, `https://${SITE}/settings/account?x=1`)
      for (const path of CALLS)
        for (const method of ['GET', 'POST']) {
          const { status, location } = await ask(proxy, `${path}?session=x`, { scheme: 'http', method })
          assert.deepEqual([status, location], [403, undefined], `${method} ${path}`)
        }
    })

    test('speaks TLS 1.2 and 1.3 with AEAD suites, and nothing else', async () => {
      const speaks = (options: object) =>
        ask(proxy, '/sign-in', options).then(
          ({ status }) => status === 200,
          () => false,
        )
      assert.ok(await speaks({ minVersion: 'TLSv1.3' }), 'TLS 1.3')
      for (const suite of ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'])
        assert.ok(await speaks({ maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-${suite}` }), suite)
      for (const suite of ['AES128-SHA256', 'AES256-SHA384', 'AES128-SHA', 'AES256-SHA', 'AES128-CCM'])
        assert.ok(!(await speaks({ maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-${suite}` })), suite)
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
      assert.ok(!(await speaks(old)), 'TLS 1.1')
    })

    test('writes no query and no referrer of calls and mail links into any log, answered or not', async () => {
      const SECRET = `kettle${randomBytes(8).toString('hex')}`
      const paths = [
        '/1.0/users/account/rest/getuserinfo',
        '/mail/not-me',
        '/mail/reset-password',
        '/%6dail/confirm-email',
      ]
      const headers = { Referer: `https://${SITE}/mail/x?y=${SECRET}` }
      const askAll = () =>
        Promise.all(
          paths.flatMap((path) =>
            (['https', 'http'] as const).map((scheme) => ask(proxy, `${path}?token=${SECRET}`, { scheme, headers })),
          ),
        )
      await askAll()
      await server.kill()
      const [{ status }] = await Promise.all([ask(proxy, `/1.0/x?session=${SECRET}`), askAll()])
      assert.ok([502, 503].includes(status), `${status} with nobody behind it`)
      await pause(200) // a log is written after the answer
      assert.match(proxy.logs(), /\/1\.0\/users\/account\/rest\/getuserinfo/, 'there is a log')
      assert.match(proxy.logs(), /\/mail\/reset-password/)
      assert.ok(
        !proxy.logs().includes(SECRET),
        proxy
          .logs()
          .split('\n')
          .find((line) => line.includes(SECRET)) ?? '',
      )
    })
  })

test('the Caddyfile says how a trial leaves the trusted authorities of the machine alone', () => {
  assert.match(readFileSync('deploy/Caddyfile', 'utf8'), /^# .*skip_install_trust/m)
})
