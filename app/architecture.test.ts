import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { importsOf } from '../scripts/imports.ts'

/** The house: route → domain → store, one way; views pure. `mayNotImport` is matched against paths from the project's root. */
const RULES: { because: string; files: RegExp; mayNotImport: RegExp }[] = [
  {
    because: 'views are pure: props in, HTML out',
    files: /^views\//,
    mayNotImport: /^(?!views\/|hono\/(jsx|html|utils)|hono$)/,
  },
  {
    because: 'the store serves the domain and knows nothing of it; of the network it knows what the domain knows',
    files: /^db\//,
    mayNotImport: /^(app\/(?!lib\/tls\.ts$)|views\/)|^hono/,
  },
  {
    because: 'the domain knows neither HTTP nor SQL nor pages',
    files:
      /^app\/(?!http\/|pages\/|api\/|process\/|app\.ts|server\.ts|serve\.ts|workers?\.ts|deps\.ts)(?!.*(\.(routes|http)\.tsx?|\/wire\.ts|\/factor-kinds\.ts)$).*\.tsx?$/,
    mayNotImport:
      /^(app\/http|views|db)\/|\.(routes|http)\.tsx?$|^hono|^@hono|^drizzle|^better-sqlite3|^pg$|^node:http/,
  },
  {
    because: 'routes and the APIs reach data only through the domain',
    files: /\.(routes|http)\.tsx?$|^app\/(http|pages|api)\//,
    mayNotImport: /^db\/|^drizzle|^better-sqlite3|^pg$/,
  },
  {
    because: 'only http/session.ts touches cookies',
    files: /^app\/(?!http\/session\.ts)/,
    mayNotImport: /^hono\/cookie/,
  },
  {
    because:
      'only columns.ts, client.ts and prepared.ts, and what these are made of, know that there are two databases',
    files:
      /^db\/(?!(columns|client|sqlite|postgres|transaction|prepared|prepared-writes|reads-of-sqlite|reads-of-postgres)\.ts)/,
    mayNotImport: /drizzle-orm\/(sqlite|pg|better|node)|^better-sqlite3|^pg$|^db\/(reads-of-)?(sqlite|postgres)\.ts$/,
  },
  {
    because: 'nothing that runs imports what only tests use',
    files: /^(app|views|db)\//,
    mayNotImport: /^app\/(.*\/)?(testing(\/.*)?|invariants|stand-in)\.ts$|^(e2e|bench|stress|scripts)\//,
  },
]

const sources = ['app', 'views', 'db']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter(
    (file) =>
      /\.tsx?$/.test(file) &&
      !/\.test\.tsx?$/.test(file) &&
      !/^app\/(.*\/)?(testing(\/.*)?|invariants|stand-in)\.tsx?$/.test(file),
  )

/** What breaks a rule among these files. */
const broken = ({ files, mayNotImport }: (typeof RULES)[number], among: string[]) =>
  among
    .filter((file) => files.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((name) => mayNotImport.test(name))
        .map((name) => `${file} imports ${name}`),
    )

describe('the house', () => {
  for (const rule of RULES)
    test(rule.because, () => {
      assert.ok(
        sources.some((file) => rule.files.test(file)),
        'the rule is about some file',
      )
      assert.deepEqual(broken(rule, sources), [])
    })

  test('the domain has no clock of its own', () => {
    const domain = sources.filter((file) => RULES[2]?.files.test(file))
    assert.deepEqual(
      domain.filter((file) => /Date\.now\(|new Date\(\)/.test(readFileSync(file, 'utf8'))),
      [],
    )
  })

  test('only the wiring names what a password costs: no setting and no rule can make its hash weaker', () => {
    const programs = readdirSync('scripts').map((file) => join('scripts', file))
    const naming = [...sources, ...programs].filter((file) => /passwordCost|HashCost/.test(readFileSync(file, 'utf8')))
    assert.deepEqual(naming.sort(), ['app/deps.ts', 'app/lib/passwords.ts', 'app/serve.ts'])
  })

  test('one word for a flow in every layer: whatever has routes has a domain file of the same name beside it', () => {
    const withoutOne = ['dashboard', 'settings', 'sign-out', 'confirm', 'generate', 'new-authenticator'] // skins over a neighbour's use case
    // The APIs are cut by service instead: they are skins over all of it.
    const flows = sources.filter((file) => /\.routes\.tsx?$/.test(file) && !file.startsWith('app/api/'))
    const lonely = flows.filter((file) => !existsSync(file.replace(/\.routes\.tsx?$/, '.ts')))
    assert.deepEqual(lonely.map((file) => file.replace(/^.*\/|\.routes\.tsx?$/g, '')).sort(), withoutOne.sort())
  })
})
