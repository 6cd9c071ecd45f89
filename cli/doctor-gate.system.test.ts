import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ProxyKind, Spoil } from '#testing/gate-proxies/files.ts'
import { PHOTOS } from '#testing/gate-proxies/hosts.ts'
import { startGateProxy } from '#testing/gate-proxies/proxy.ts'
import { gateWorld, OPEN } from '#testing/gate-proxies/world.ts'
import { runProgram } from '#testing/programs.ts'

const world = await gateWorld()
after(() => world.end())

type Line = { check: string; is: string; says: string }

/** What the doctor says of a proxy whose files have been changed. */
async function doctor(kind: ProxyKind, spoil?: Spoil, url = `${PHOTOS}/`) {
  const { folder, behind, authority } = world
  const proxy = await startGateProxy(kind, { folder, behind, authority, ...(spoil && { spoil }) })
  const { status, out, err } = await runProgram('cli/latchkey.ts', {
    environment: { NODE_EXTRA_CA_CERTS: authority.files.authority },
    args: ['doctor', 'gate', url, '--at', `127.0.0.1:${proxy.port}`, '--json'],
  })
  await proxy.stop()
  assert.equal(err, '')
  const { checks }: { checks: Line[] } = JSON.parse(out)
  return {
    status,
    lines: checks,
    faults: checks.filter(({ is }) => is === 'fault').map(({ check, says }) => `${check}: ${says}`),
  }
}

/** Changes one line of one file. */
const changed =
  (what: string | RegExp, into: string): Spoil =>
  (text) =>
    text.replace(what, into)

/** Gates with a hole that somebody has had before, and what of it the doctor has to name. */
const HOLES: [what: string, kind: ProxyKind, spoil: Spoil, found: RegExp][] = [
  [
    'pictures are served without being asked about',
    'nginx',
    changed(
      '\n    location / {\n        include',
      `\n    location ~ \\.png$ { auth_request off; proxy_pass http://127.0.0.1:${world.photos.port}; }\n    location / {\n        include`,
    ),
    /^paths that are often left open: GET \/logo\.png got through/,
  ],
  [
    'the check is asked about the URL that the visitor names',
    'nginx',
    changed(
      /auth_request \/\.latchkey\/check;([\s\S]*X-Original-URL )\S+;/,
      'set $asked $scheme://$host$request_uri; if ($http_x_original_url) { set $asked $http_x_original_url; } auth_request /.latchkey/check;$1$asked;',
    ),
    /^forged headers: GET \/ with X-Original-URL: \S+ was taken for another request/,
  ],
  [
    'a preflight is let through for the sake of CORS',
    'caddy',
    changed(
      '\t\timport latchkey_gate\n',
      `\t\t@preflight method OPTIONS\n\t\treverse_proxy @preflight 127.0.0.1:${world.photos.port}\n\t\timport latchkey_gate\n`,
    ),
    /^kinds of request: OPTIONS \/ with Origin: .* got through/,
  ],
  [
    'the API is left to the app',
    'caddy',
    changed(
      '\t\timport latchkey_gate\n',
      `\t\treverse_proxy /api/* 127.0.0.1:${world.photos.port}\n\t\timport latchkey_gate\n`,
    ),
    /^paths that are often left open: GET \/api\/ got through/,
  ],
  [
    'WebSockets are not asked about',
    'haproxy',
    changed(/http-request lua\.latchkey_gate (\S+)/, 'http-request lua.latchkey_gate $1 unless is_websocket'),
    /^kinds of request: GET \/ with Connection: Upgrade, Upgrade: websocket got through, and was answered 101/,
  ],
  [
    'whoever sends a password is left to the app',
    'haproxy',
    changed(/http-request lua\.latchkey_gate \S+/, '$& unless { req.hdr(Authorization) -m found }'),
    /^forged headers: GET \/ with Authorization: Basic \S+ got through, and was answered 200/,
  ],
  [
    'the addresses of the checks are open to the world',
    'nginx',
    changed('location ~ ^/gate/(nginx', 'location ~ ^/hidden/(nginx'),
    /^addresses of the checks: \/gate\/nginx/,
  ],
]

describe('latchkey doctor gate', () => {
  for (const kind of ['nginx', 'caddy', 'haproxy'] as const)
    test(`finds nothing wrong with ${kind} and its files in deploy/`, async () => {
      const { lines, faults, status } = await doctor(kind)
      assert.deepEqual(faults, [])
      assert.equal(status, 0)
      assert.ok(lines.length >= 7, `${lines.length} lines`)
      assert.deepEqual([...world.photos.taken(), ...world.notes.taken()], [], 'nothing has reached an app')
    })

  for (const [what, kind, spoil, found] of HOLES)
    test(`finds out where ${what}, in ${kind}`, async () => {
      const { faults, status } = await doctor(kind, spoil)
      assert.ok(
        faults.some((fault) => found.test(fault)),
        faults.join('\n') || 'it found nothing',
      )
      assert.equal(status, 1)
    })

  test('says so where the page is public, or nobody is there', async () => {
    const open = await doctor('caddy', undefined, `${PHOTOS}${OPEN}`)
    assert.match(open.faults.join('\n'), /^gate: .* answers 200 to nobody, without asking Latchkey$/)
    const environment = { NODE_EXTRA_CA_CERTS: world.authority.files.authority }
    const args = ['doctor', 'gate', `${PHOTOS}/`, '--at', '127.0.0.1:1']
    const { status, out } = await runProgram('cli/latchkey.ts', { environment, args })
    assert.equal(status, 1)
    assert.match(out, /can't be reached: connect ECONNREFUSED|ECONNREFUSED/)
  })
})
