import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { broken, circles, type House, mutualRooms, type Rule, roomsOver, unlisted } from '../tools/architecture.ts'

const GROUND = ['app/lib', 'app/http', 'app/identity']
const VIEWS = ['views/words', 'views/ui', 'views']

/** Who may use whom, from the ground up: a room may use those on its own line, which are all above it. A new room is a new line. */
const ROOMS = {
  'app/lib': [],
  db: ['app/lib'],
  'views/words': [],
  'views/ui': ['views/words'],
  views: ['views/words', 'views/ui'],
  'views/mails': ['views/words'],
  'views/mail': VIEWS,
  'views/sign-in': VIEWS,
  'views/two-factor': [...VIEWS, 'views/sign-in'],
  'views/account': [...VIEWS, 'views/mail', 'views/two-factor'],
  'views/access-tokens': [...VIEWS, 'views/two-factor'],
  'views/api': VIEWS,
  'views/operators': [...VIEWS, 'views/account'],
  'views/gate': VIEWS,
  'views/openid': VIEWS,
  'app/http': ['app/lib', ...VIEWS],
  'app/identity': ['app/lib', 'db'],
  'app/watch': GROUND,
  'app/pages': [...GROUND, ...VIEWS],
  'app/mail': [...GROUND, 'app/pages', 'db', ...VIEWS, 'views/mail'],
  'app/two-factor': [...GROUND, 'app/pages', 'app/mail', 'db', ...VIEWS, 'views/sign-in', 'views/two-factor'],
  'app/two-factor/factors': [...GROUND, 'app/two-factor', 'db', ...VIEWS, 'views/two-factor'],
  'app/account': [...GROUND, 'app/pages', 'app/mail', 'db', ...VIEWS, 'views/mail', 'views/account'],
  'app/access-tokens': [...GROUND, 'app/pages', 'db', ...VIEWS, 'views/access-tokens'],
  'app/operators': [
    ...GROUND,
    ...['app/pages', 'app/mail', 'app/two-factor', 'app/account', 'db'],
    ...[...VIEWS, 'views/operators'],
  ],
  'app/gate': [
    ...GROUND,
    ...['app/pages', 'app/access-tokens', 'app/operators', 'db'],
    ...[...VIEWS, 'views/operators', 'views/gate'],
  ],
  'app/openid': [
    ...GROUND,
    ...['app/pages', 'app/gate', 'app/operators', 'db'],
    ...[...VIEWS, 'views/gate', 'views/openid', 'views/operators', 'views/account'],
  ],
  'app/sign-in': [
    ...GROUND,
    ...['app/watch', 'app/pages', 'app/mail', 'app/two-factor', 'app/account', 'db'],
    ...[...VIEWS, 'views/mail', 'views/sign-in'],
  ],
  'app/api': [...GROUND, 'app/account', 'app/access-tokens', ...VIEWS],
  'app/api/v1': [
    ...GROUND,
    ...['app/api', 'app/mail', 'app/two-factor', 'app/account', 'app/access-tokens', 'app/operators', 'app/sign-in'],
    ...VIEWS,
  ],
  'app/api/jelastic': [
    ...GROUND,
    ...['app/api', 'app/mail', 'app/two-factor', 'app/account', 'app/access-tokens', 'app/sign-in'],
    ...VIEWS,
  ],
  'app/api/docs': [...GROUND, 'app/api/v1', 'app/api/jelastic', ...VIEWS, 'views/api'],
  app: [
    ...GROUND,
    ...[
      'app/watch',
      'app/mail',
      'app/two-factor',
      'app/two-factor/factors',
      'app/account',
      'app/access-tokens',
      'app/operators',
      'app/gate',
      'app/openid',
    ],
    ...['app/sign-in', 'app/api', 'app/api/v1', 'app/api/jelastic', 'app/api/docs', 'db', 'views/mails'],
  ],
  'app/process': [
    ...GROUND,
    'app/watch',
    'app/mail',
    'app/two-factor',
    'app/account',
    'app/operators',
    'app/openid',
    'db',
    'app',
  ],
  'cli/doctor': [
    ...['app/lib', 'app/mail', 'app/two-factor', 'app/two-factor/factors', 'app/operators', 'app/gate', 'app', 'db'],
  ],
  'cli/command': ['app/lib', 'app/operators', 'app/process', 'app'],
  cli: [
    'cli/command',
    'cli/doctor',
    ...[
      'app/lib',
      'app/identity',
      'app/account',
      'app/access-tokens',
      'app/two-factor',
      'app/two-factor/factors',
      'app/operators',
      'app/gate',
      'app/openid',
      'app/sign-in',
    ],
    ...['app/mail', 'app/process', 'app', 'db'],
  ],
} satisfies Record<string, readonly string[]>

/** Neither HTTP nor SQL nor pages: everything in a room whose name doesn't say otherwise. The list of kinds wires them. */
const RULES_FILES =
  /^app\/(?!http\/|pages\/|api\/|process\/)[\w-]+\/(?!(.*\/)?wire\.ts$|(.*\/)?factor-kinds\.ts$|.*\.(routes|http)\.tsx?$).*\.tsx?$/

const RULES: Rule[] = [
  {
    because: 'views are pure: props in, HTML out',
    files: /^views\//,
    mayNotImport: /^(?!views\/|hono\/(jsx|html|utils)|hono$)/,
  },
  {
    because: 'the store serves the rules and knows nothing of them; of the network it knows what they know',
    files: /^db\//,
    mayNotImport: /^(app\/(?!lib\/tls\.ts$)|views\/)|^hono/,
  },
  {
    because: 'rules know neither HTTP nor SQL nor pages',
    files: RULES_FILES,
    mayNotImport:
      /^(app\/(http|pages)|views|db)\/|\.(routes|http)\.tsx?$|^hono|^@hono|^drizzle|^better-sqlite3|^pg$|^node:http/,
  },
  {
    because: 'only wire.ts, and what opens the database, know the stores',
    files: /^app\/(?!(.*\/wire|deps|process\/open)\.ts$)/,
    mayNotImport: /^db\/|^drizzle|^better-sqlite3|^pg$/,
  },
  {
    because: 'only deps.ts wires rooms, and a room what is in it',
    files: /^(app|cli)\/(?!deps\.ts$|.*\/wire\.ts$|two-factor\/factors\/factor-kinds\.ts$)/,
    mayNotImport: /\/wire\.ts$/,
  },
  {
    because: 'routes are mounted by app.ts or by routes of their own room: others call rules',
    files: /^(app|cli)\/(?!app\.ts$|.*\.routes\.tsx?$)/,
    mayNotImport: /\.routes\.tsx?$/,
  },
  {
    because: 'only cookies.ts touches cookies',
    files: /^app\/(?!http\/cookies\.ts$)/,
    mayNotImport: /^hono\/cookie/,
  },
  {
    because:
      'only columns.ts, client.ts and prepared.ts, and what these are made of, know that there are two databases',
    files:
      /^db\/(?!(columns|client|sqlite|postgres|transaction|prepared|prepared-writes|reads-of-sqlite|writes-of-sqlite|reads-of-postgres)\.ts)/,
    mayNotImport: /drizzle-orm\/(sqlite|pg|better|node)|^better-sqlite3|^pg$|^db\/(reads-of-)?(sqlite|postgres)\.ts$/,
  },
  {
    because: 'nothing that runs imports what only tests and developers use',
    files: /^/,
    mayNotImport: /^(testing|tools|e2e|lab)\//,
  },
]

const AT_MOST = 2500 // lines of code in a room, but for one of them

const house: House = new Map(
  ['app', 'views', 'db', 'cli']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => [file, readFileSync(file, 'utf8')]),
)

/** Rules that ask what time it is, instead of being told. */
const withAClock = (sources: House) =>
  [...sources]
    .filter(([file, source]) => RULES_FILES.test(file) && /Date\.now\(|new Date\(\)/.test(source))
    .map(([file]) => file)

/** Flows whose routes have no rules of the same name beside them. The APIs are cut by service: they are skins over all of it. */
const lonely = (sources: House) =>
  [...sources.keys()]
    .filter((file) => /^app\/(?!api\/).*\.routes\.tsx?$/.test(file))
    .filter((file) => !sources.has(file.replace(/\.routes\.tsx?$/, '.ts')))
    .map((file) => file.replace(/^.*\/|\.routes\.tsx?$/g, ''))
    .sort()

describe('the house', () => {
  test('no arrow points upwards: each room uses only what its line in the list names', () =>
    assert.deepEqual(unlisted(house, ROOMS), []))

  test('the list of rooms goes from the ground up', () => {
    const order = Object.keys(ROOMS)
    for (const [room, used] of Object.entries(ROOMS))
      for (const each of used)
        assert.ok(order.indexOf(each) < order.indexOf(room), `${room} uses ${each} below its own line`)
  })

  test('no two rooms import each other', () => assert.deepEqual(mutualRooms(house), []))

  test('no file imports itself by way of others', () => assert.deepEqual(circles(house), []))

  for (const rule of RULES)
    test(rule.because, () => {
      assert.ok(
        [...house.keys()].some((file) => rule.files.test(file)),
        'the rule is about some file',
      )
      assert.deepEqual(broken(house, rule), [])
    })

  test('rules have no clock of their own', () => assert.deepEqual(withAClock(house), []))

  test('a flow has one name in every layer: its routes have rules of that name beside them', () => {
    const skins = [
      'change-account',
      'confirm',
      'dashboard',
      'generate',
      'new-authenticator',
      'operate',
      'settings',
      'sign-out',
    ] // of a neighbor's rules
    assert.deepEqual(lonely(house), skins)
  })

  test('at most one room has more than 2,500 lines of code', () => {
    const over = roomsOver(AT_MOST, house)
    assert.ok(over.length <= 1, over.join(', '))
  })
})

describe('a house with a fault is told so:', () => {
  const planted = (files: Record<string, string>): House => new Map(Object.entries(files))
  const brokenIn = (files: Record<string, string>) => RULES.filter((rule) => broken(planted(files), rule).length > 0)
  const because = (files: Record<string, string>) => brokenIn(files).map((rule) => rule.because)

  test('two rooms that import each other, even for types', () => {
    const files = {
      'app/mail/links.ts': "import type { Session } from '../sign-in/sign-in.ts'",
      'app/sign-in/sign-in.ts': "import { link } from '../mail/letters.ts'",
      'app/mail/letters.ts': '',
    }
    assert.deepEqual(mutualRooms(planted(files)), [
      'app/mail/links.ts imports app/sign-in/sign-in.ts, and app/sign-in/sign-in.ts imports app/mail/letters.ts',
    ])
    assert.deepEqual(circles(planted(files)), [])
  })

  test('a circle of three files in one room', () => {
    const files = {
      'app/mail/a.ts': "export { b } from './b.ts'",
      'app/mail/b.ts': "import type { C } from './c.ts'",
      'app/mail/c.ts': "const a = await import('./a.ts')",
    }
    assert.deepEqual(circles(planted(files)), ['app/mail/a.ts → app/mail/b.ts → app/mail/c.ts → app/mail/a.ts'])
  })

  test('an arrow that points upwards', () => {
    const files = {
      'app/identity/session.ts': "import { send } from '#app/mail/mail.ts'",
      'app/mail/mail.ts': "import { one } from '../identity/session.ts'",
    }
    assert.deepEqual(unlisted(planted(files), ROOMS), ['app/identity/session.ts imports app/mail/mail.ts'])
  })

  test('a room that is not on the list', () => {
    const files = { 'app/cellar/check.ts': "import { one } from '../lib/tokens.ts'", 'app/lib/tokens.ts': '' }
    assert.deepEqual(unlisted(planted(files), ROOMS), ['app/cellar/check.ts imports app/lib/tokens.ts'])
  })

  test('a platform that knows a room', () => {
    const files = { 'app/http/page.tsx': "import { one } from '../identity/session.ts'", 'app/identity/session.ts': '' }
    assert.deepEqual(unlisted(planted(files), ROOMS), ['app/http/page.tsx imports app/identity/session.ts'])
  })

  const faults: [string, Record<string, string>][] = [
    ['views are pure: props in, HTML out', { 'views/ui/a.tsx': "import { one } from '#app/lib/tokens.ts'" }],
    [
      'the store serves the rules and knows nothing of them; of the network it knows what they know',
      { 'db/stores/a.ts': "import { one } from '#app/identity/limits.ts'" },
    ],
    ['rules know neither HTTP nor SQL nor pages', { 'app/mail/a.ts': "import { Hono } from 'hono'" }],
    ['rules know neither HTTP nor SQL nor pages', { 'app/mail/a.ts': "import { link } from './link-cookie.http.ts'" }],
    [
      'only wire.ts, and what opens the database, know the stores',
      { 'app/mail/a.routes.tsx': "import { mails } from '#db/stores/mails.ts'" },
    ],
    [
      'only deps.ts wires rooms, and a room what is in it',
      { 'app/process/a.ts': "import { wireMail } from '../mail/wire.ts'" },
    ],
    [
      'routes are mounted by app.ts or by routes of their own room: others call rules',
      { 'cli/accounts.ts': "import { routes } from '#app/account/sessions.routes.tsx'" },
    ],
    ['only cookies.ts touches cookies', { 'app/mail/a.http.ts': "import { setCookie } from 'hono/cookie'" }],
    [
      'only columns.ts, client.ts and prepared.ts, and what these are made of, know that there are two databases',
      { 'db/stores/a.ts': "import { sqliteTable } from 'drizzle-orm/sqlite-core'" },
    ],
    [
      'nothing that runs imports what only tests and developers use',
      { 'app/process/a.ts': "import { latchkey } from '#testing/index.ts'" },
    ],
  ]
  for (const [fault, files] of faults)
    test(`${Object.keys(files)[0]}: ${fault}`, () => assert.deepEqual(because(files), [fault]))

  test('rules with a clock of their own', () =>
    assert.deepEqual(withAClock(planted({ 'app/mail/a.ts': 'const now = Date.now()' })), ['app/mail/a.ts']))

  test('a flow whose routes stand alone', () =>
    assert.deepEqual(
      lonely(planted({ 'app/mail/a.routes.tsx': '', 'app/mail/b.routes.ts': '', 'app/mail/b.ts': '' })),
      ['a'],
    ))

  test('a room that has grown too large, by its lines of code alone', () => {
    const files = { 'app/mail/a.ts': 'a()\n'.repeat(2501), 'app/lib/b.ts': '\n// b\n'.repeat(2501) }
    assert.deepEqual(roomsOver(AT_MOST, planted(files)), ['app/mail has 2501 lines'])
  })
})
