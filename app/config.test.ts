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

  test('anyone may sign up on a developer’s own machine, elsewhere only the invited, unless SIGN_UP says otherwise', () => {
    const signUps = (environment: Record<string, string>) => readConfig(environment).signUps
    for (const BASE_URL of ['', 'http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:3000', 'https://localhost'])
      assert.equal(signUps({ BASE_URL }), 'open', BASE_URL)
    assert.equal(signUps({ PORT: '0' }), 'open')
    const sites = ['https://accounts.example.com', 'https://localhost.example.com', 'https://192.168.0.1']
    for (const BASE_URL of sites) assert.equal(signUps({ BASE_URL }), 'invited', BASE_URL)
    for (const SIGN_UP of ['open', 'invited', 'closed'])
      for (const BASE_URL of ['', ...sites]) assert.equal(signUps({ BASE_URL, SIGN_UP }), SIGN_UP)
    assert.throws(() => readConfig({ SIGN_UP: 'yes' }), /^ConfigError|SIGN_UP must be one of open, invited, closed\.$/)
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
        'https://*.example.com',
        'http://0.0.0.0:3000',
        'https://[::]:3000',
        'https://ada@accounts.example.com',
        'https://ada:secret@accounts.example.com',
        'https://accounts.example.com.',
        'https://accounts.example.com.:8443',
        'http://accounts.example.com',
        'http://192.168.0.7:3000',
        'http://localhost.example.com',
      ],
    ],
    ['ALLOW_HTTP', ['1', 'true', 'YES', 'sometimes']],
    ['DATABASE_PLAIN', ['1', 'verify']],
    ['SMTP_PLAIN', ['true', 'starttls']],
    [
      'DATABASE_URL',
      [
        'data/latchkey.db',
        'file:',
        'mysql://db/x',
        'sqlite:x.db',
        ' postgres://db',
        'postgres://latchkey:pa#ss@db/latchkey',
        'postgres://latchkey:pa/ss@db/latchkey',
        'postgres://latchkey:12#ss@db/latchkey',
      ],
    ],
    [
      'SMTP_URL',
      [
        'mail.example.com',
        'http://mail.example.com',
        'smtp:mail.example.com',
        'smtp://',
        'smtp://user:pa#ss@mail.example.com:587',
        'smtp://user:12#ss@mail.example.com:587',
        'smtp://mail.example.com:587#',
        'smtp://user:pa/ss@mail.example.com:587',
        'smtp://user:12?ss@mail.example.com:587',
        'smtp://mail.example.com?requireTLS=false',
        'smtp://mail.example.com?tls.rejectUnauthorized=false',
        'smtps://mail.example.com?tls.rejectUnauthorized=0',
        'smtp://user:password@127.0.0.1?secured=true',
      ],
    ],
    [
      'MAIL_FROM',
      ['Latchkey', 'a@b.example, c@d.example', 'A <a@b.example>\r\nBcc: c@d.example', '@', 'a b@c.example'],
    ],
    ['ISSUER', ['Acme: Accounts', 'x'.repeat(65), 'two\nlines', 'nul\0', 'Acme?', 'R&D', 'No. #1', '100%']],
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

  test('what is wrong names the way to mend it, and never repeats a password', () => {
    const said = (environment: Record<string, string>) => {
      try {
        readConfig(environment)
      } catch (error) {
        return (error as Error).message
      }
      return 'it is taken'
    }
    for (const [environment, mend] of [
      [{ BASE_URL: 'http://accounts.example.com' }, /ALLOW_HTTP=yes/],
      [{ BASE_URL: 'http://0.0.0.0:3000' }, /0\.0\.0\.0 is for HOST/],
      [{ BASE_URL: 'https://*.example.com' }, /write the address that people type/],
      [{ BASE_URL: 'https://ada:kettle@accounts.example.com' }, /write it as in https:/],
      [{ BASE_URL: 'https://accounts.example.com.' }, /no dot at the end/],
      [{ SMTP_URL: 'smtp://user:kettle#x@mail.example.com' }, /percent-encoded, as in smtp:.*%23/],
      [{ DATABASE_URL: 'postgres://user:kettle#x@db/x' }, /percent-encoded, as in postgres:.*%23/],
      [{ SMTP_URL: 'smtp://user:kettle@mail.example.com?requireTLS=false' }, /requireTLS.*SMTP_PLAIN=yes/],
    ] as const) {
      assert.match(said(environment), mend)
      assert.doesNotMatch(said(environment), /kettle/)
    }
  })

  test('http is taken on this machine, and elsewhere with ALLOW_HTTP=yes', () => {
    for (const host of ['localhost:3000', '127.0.0.1', '127.8.9.10:8080', '[::1]:3000', 'latchkey.localhost'])
      assert.equal(readConfig({ BASE_URL: `http://${host}` }).baseUrl, `http://${host}`)
    const elsewhere = { BASE_URL: 'http://accounts.example.com', ALLOW_HTTP: 'yes' }
    assert.equal(readConfig(elsewhere).baseUrl, 'http://accounts.example.com')
  })

  test('a mail server may have options, and with SMTP_PLAIN=yes those that give encryption up', () => {
    const taken = (SMTP_URL: string, SMTP_PLAIN = '') => readConfig({ SMTP_URL, SMTP_PLAIN }).smtpUrl === SMTP_URL
    assert.ok(
      taken('smtp://user:p%23w@mail.example.com:587?requireTLS=true&tls.servername=mail.example.net'),
      'options',
    )
    assert.ok(taken('smtp://mail.example.com?tls.rejectUnauthorized=false', 'yes'), 'allowed')
    assert.ok(taken('smtp://127.0.0.1?requireTLS=false'), 'this machine')
  })

  test('several wrong values are all named', () => {
    assert.throws(() => readConfig({ PORT: 'x', SESSION_HOURS: 'y' }), /PORT.*SESSION_HOURS/)
    const urls = { BASE_URL: 'https://a.example.', SMTP_URL: 'smtp://a:b#c@d.example' }
    assert.throws(() => readConfig(urls), /BASE_URL.*SMTP_URL/)
  })
})
