import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError, readConfig } from './config.ts'

describe('the environment', () => {
  test('empty is enough, and means what the documentation says', () => {
    const usual = {
      port: 3000,
      host: '127.0.0.1',
      baseUrl: 'http://localhost:3000',
      databaseUrl: 'file:data/latchkey.db',
      databasePool: 10,
      databaseTimeout: 10_000,
      workers: 1,
      drain: 0,
      keys: undefined,
      keyFile: 'data/latchkey.keys',
      issuer: 'Latchkey',
      passwordMinLength: 15,
      attemptsPerAddress: 100,
      trustedProxies: [],
      sessionIdle: 60 * 60_000,
      sessionLifetime: 24 * 60 * 60_000,
    }
    const keys = Object.keys(usual) as (keyof typeof usual)[]
    const read = readConfig({})
    assert.deepEqual(Object.fromEntries(keys.map((key) => [key, read[key]])), usual)
    const names = ['PORT', 'HOST', 'BASE_URL', 'DATABASE_URL', 'LATCHKEY_KEYS', 'ISSUER', 'TRUST_PROXY']
    assert.deepEqual(readConfig(Object.fromEntries(names.map((name) => [name, '']))), read, 'empty counts as unset')
  })

  test('both ends of every number are taken', () => {
    const port = (PORT: string) => readConfig({ PORT }).port
    assert.deepEqual([port('0'), port('65535')], [0, 65_535])
    const length = (PASSWORD_MIN_LENGTH: string) => readConfig({ PASSWORD_MIN_LENGTH }).passwordMinLength
    assert.deepEqual([length('8'), length('64')], [8, 64])
    assert.equal(readConfig({ RATE_LIMIT_PER_ADDRESS: '0' }).attemptsPerAddress, 0)
    assert.equal(readConfig({ SESSION_IDLE_MINUTES: '1' }).sessionIdle, 60_000)
    assert.equal(readConfig({ SESSION_HOURS: '1' }).sessionLifetime, 3_600_000)
  })

  test('where the system chooses the port, the address follows it', () => {
    assert.equal(readConfig({ PORT: '0' }).baseUrl, undefined)
    assert.equal(readConfig({ PORT: '8080' }).baseUrl, 'http://localhost:8080')
    assert.equal(readConfig({ PORT: '8080', BASE_URL: 'https://a.example/' }).baseUrl, 'https://a.example')
  })

  test('the key file lies beside the database', () => {
    assert.equal(readConfig({ DATABASE_URL: 'file:/var/lib/latchkey/x.db' }).keyFile, '/var/lib/latchkey/latchkey.keys')
    assert.equal(readConfig({ DATABASE_URL: 'postgres://db/x' }).keyFile, 'data/latchkey.keys')
  })

  test('or, with the mails, in the folder that is named, whatever the database', () => {
    for (const DATABASE_URL of ['file:/var/lib/latchkey/x.db', 'postgres://db/x']) {
      const { keyFile, mailFolder } = readConfig({ DATABASE_URL, DATA_FOLDER: '/srv/latchkey' })
      assert.deepEqual([keyFile, mailFolder], ['/srv/latchkey/latchkey.keys', '/srv/latchkey/mail'])
    }
  })

  test('the log has five levels; there are metrics only where a token opens them', () => {
    assert.equal(readConfig({}).logLevel, 'info')
    for (const LOG_LEVEL of ['silent', 'error', 'warn', 'info', 'debug'] as const)
      assert.equal(readConfig({ LOG_LEVEL }).logLevel, LOG_LEVEL)
    assert.throws(() => readConfig({ LOG_LEVEL: 'verbose' }), /LOG_LEVEL must be one of silent, /)
    assert.equal(readConfig({}).metricsToken, undefined)
    assert.throws(() => readConfig({ METRICS_TOKEN: 'short' }), /METRICS_TOKEN must be 16 or more/)
  })

  test('proxies are addresses and networks, of both families', () => {
    assert.deepEqual(readConfig({ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8 ::1 fd00::/8' }).trustedProxies, [
      { address: '127.0.0.1', prefix: 32, family: 'ipv4' },
      { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
      { address: '::1', prefix: 128, family: 'ipv6' },
      { address: 'fd00::', prefix: 8, family: 'ipv6' },
    ])
  })

  const wrong: [string, string[]][] = [
    ['PORT', ['http', '-1', '65536', '80.5', '3000;', 'NaN']],
    [
      'BASE_URL',
      [
        'accounts',
        'accounts.example.com',
        'ftp://a.example',
        'https://a.example/portal',
        'https://a.example/?x',
        'https://',
      ],
    ],
    ['DATABASE_URL', ['data/latchkey.db', 'file:', 'mysql://db/x', 'sqlite:x.db', ' postgres://db']],
    [
      'MAIL_FROM',
      ['Latchkey', 'a@b.example, c@d.example', 'A <a@b.example>\r\nBcc: c@d.example', '@', 'a b@c.example'],
    ],
    ['ISSUER', ['Acme: Accounts', 'x'.repeat(65), 'two\nlines', 'nul\0']],
    ['PASSWORD_MIN_LENGTH', ['7', '65', 'long', '8.5', '-15']],
    ['RATE_LIMIT_PER_ADDRESS', ['-1', '1000001', 'off', '0.5']],
    [
      'TRUST_PROXY',
      ['all', '10.0.0.0/33', '10.0.0/8', '::1/129', '10.0.0.0/-1', '10.0.0.0/x', '127.0.0.1, *', '10.0.0.0/8.5'],
    ],
    ['SESSION_IDLE_MINUTES', ['0', '-1', '43201', 'never']],
    ['SESSION_HOURS', ['0', '8761', '1.5', 'for ever']],
  ]
  for (const [name, values] of wrong)
    for (const value of values)
      test(`a wrong value stops the start in one sentence: ${name}=${JSON.stringify(value.slice(0, 30))}`, () => {
        assert.throws(
          () => readConfig({ [name]: value }),
          (error: unknown) => {
            assert.ok(error instanceof ConfigError)
            assert.match(error.message, new RegExp(`^${name}\\b[^\\n{}]*\\.$`))
            assert.ok(!/\.\s/.test(error.message), `one sentence: ${error.message}`)
            return true
          },
        )
      })

  test('a network with nothing behind the slash is a slip of the pen, not the whole internet', () => {
    for (const TRUST_PROXY of ['10.0.0.0/', '::1/', '10.0.0.0/8/9', '10.0.0.0/1e1'])
      assert.throws(() => readConfig({ TRUST_PROXY }), ConfigError, TRUST_PROXY)
  })

  test('several wrong values are all named', () => {
    assert.throws(() => readConfig({ PORT: 'x', SESSION_HOURS: 'y' }), /PORT.*SESSION_HOURS/)
  })
})
