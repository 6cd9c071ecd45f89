import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { CHECKS } from '#app/gate/asked.http.ts'
import { SETTING_ROWS } from '#app/settings.ts'

const read = (file: string) => readFileSync(file, 'utf8')
const SETTINGS = SETTING_ROWS.map(([, { variable }]) => variable)

/** Words in capitals that are no settings: where they are read, of Node, of the programs beside us, of address families. */
const THEIRS = /^(ENV_FILE|NODE_ENV|POSTGRES_\w+|SITE|UPSTREAMS|AF_\w+)$/

/** Where a file names settings; the first group that matched is the name. */
const FILES: [string, RegExp][] = [
  ['.env.example', /^#?([A-Z][A-Z_]+)=/gm],
  ['deploy/latchkey.env', /^#?([A-Z][A-Z_]+)=/gm],
  ['deploy/latchkey.service', /\b([A-Z]+_[A-Z_0-9]+)\b/g],
  ['deploy/compose.yaml', /^ {6}([A-Z][A-Z_]+):|\$\{([A-Z_]+)/gm],
  ['deploy/Dockerfile', /\b([A-Z_]+)=|process\.env\.([A-Z_]+)/g],
  ['deploy/nginx.conf', /\b([A-Z]+_[A-Z_]+)=/g],
  ['deploy/Caddyfile', /\b([A-Z]+_[A-Z_]+)\b|\{\$(\w+)/g],
  ['docs/operating.md', /`([A-Z]+_[A-Z_]+)\b/g],
]

describe('the files for whoever runs it', () => {
  for (const [file, pattern] of FILES)
    test(`${file} names settings, and none that does not exist`, () => {
      const named = [...read(file).matchAll(pattern)].map(([, one, other]) => one ?? other ?? '')
      assert.ok(named.some((name) => SETTINGS.includes(name)))
      assert.deepEqual(
        named.filter((name) => !SETTINGS.includes(name) && !THEIRS.test(name)),
        [],
      )
    })

  test('server and commands read one file of settings by one reader, and Node reads none', () => {
    assert.match(read('deploy/latchkey.service'), /^Environment=ENV_FILE=\/etc\/latchkey\.env$/m)
    assert.match(read('docs/operating.md'), /ENV_FILE=\/etc\/latchkey\.env node dist\/latchkey\.js after-restore/)
    for (const file of [...FILES.map(([name]) => name), 'README.md', 'package.json'])
      assert.doesNotMatch(read(file), /--env-file|EnvironmentFile=|loadEnvFile/, file)
    for (const program of ['app/process/server.ts', 'cli/latchkey.ts', 'tools/dev-postgres.ts'])
      assert.match(read(program), /^(\/\/.*\n)?import '(#app\/process|\.)\/env-file\.ts'\n/, program)
  })

  test('the longest stop of all fits into what systemd and Docker wait for it', () => {
    const seconds = (file: string, pattern: RegExp) => Number(pattern.exec(read(file))?.[1])
    const drain = seconds('deploy/latchkey.env', /^#?DRAIN_SECONDS=(\d+)/m)
    const longest = drain + 10 + 10 // requests in work, then mail on its way
    assert.ok(seconds('deploy/latchkey.service', /^TimeoutStopSec=(\d+)/m) > longest)
    assert.ok(seconds('deploy/compose.yaml', /stop_grace_period: (\d+)s/) > longest)
  })

  test('proxies let go of an idle connection before the server does', () => {
    const longest = 5 // seconds, Node's keepAliveTimeout
    assert.ok(Number(/keepalive_timeout (\d+)s/.exec(read('deploy/nginx.conf'))?.[1]) < longest)
    assert.ok(Number(/keepalive (\d+)s/.exec(read('deploy/Caddyfile'))?.[1]) < longest)
  })

  test('what is built is of the project alone: no secrets and no data go into the image', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const name of ['.env', '.git', 'data', 'node_modules', 'dist', '**/*.keys', '**/*.db'])
      assert.ok(ignored.includes(name), name)
  })

  test('the proxies that no test can start hide the addresses of all checks as well', () => {
    const hidden = /regex: "(.*)" \}[\s},]*direct_response: \{ status: 404 \}/.exec(read('deploy/gate/envoy.yaml'))?.[1]
    for (const [name, path] of Object.entries(CHECKS)) {
      assert.ok(read('deploy/gate/traefik.yaml').includes(`!PathPrefix(\`${path}\`)`), name)
      assert.match(`${path}/x`, new RegExp(`^(${hidden})$`), name)
    }
  })

  test('the example of an app behind the gate goes with compose.yaml: the app is reached by the proxy alone', () => {
    const networks = z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform(Object.keys)])
    const Compose = z.object({
      services: z.record(
        z.string(),
        z.looseObject({
          environment: z.record(z.string(), z.unknown()).default({}),
          networks: networks.default([]),
          ports: z.array(z.string()).default([]),
          volumes: z.array(z.string()).default([]),
        }),
      ),
      networks: z.record(z.string(), z.looseObject({ internal: z.boolean().default(false) })),
    })
    const [base, gate] = ['deploy/compose.yaml', 'deploy/compose.gate.yaml'].map((file) =>
      Compose.parse(parse(read(file))),
    )
    const { caddy, ...apps } = gate?.services ?? {}
    assert.deepEqual(Object.keys(apps), ['whoami'])
    for (const { networks, ports } of Object.values(apps)) {
      assert.deepEqual([networks, ports], [['apps'], []])
      for (const [name, other] of Object.entries({ ...base?.services }))
        assert.equal(other.networks.includes('apps'), false, name)
    }
    assert.deepEqual(caddy?.networks, ['apps'])
    assert.equal(gate?.networks.apps?.internal, true)
    assert.equal(caddy?.environment.APP, 'whoami:80')
    for (const name of Object.keys(caddy?.environment ?? {}))
      assert.ok(read('deploy/gate/Caddyfile').includes(`{$${name}:`), name)
    for (const volume of caddy?.volumes ?? []) assert.ok(existsSync(join('deploy', volume.split(':')[0] ?? '')), volume)
    const address = /ipv4_address: ([\d.]+)/.exec(read('deploy/compose.yaml'))?.[1]
    assert.equal(base?.services.latchkey?.environment.TRUST_PROXY, address)
  })
})
