import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { commandLine } from '#testing/command-line.ts'
import { everyRow, sharedDatabase } from '#testing/index.ts'

const database = await sharedDatabase()
after(database.close)

const run = commandLine({
  ...{ BASE_URL: 'https://accounts.example.com', DATABASE_URL: database.url, DATA_FOLDER: database.folder },
  LATCHKEY_KEYS: `k1:${randomBytes(32).toString('base64')}`,
})
const typed = (line: string) => run(...line.split(' '))
async function refused(status: number, ...args: string[]) {
  const before = await everyRow({ database })
  const done = await run(...args)
  assert.deepEqual([done.status, done.out], [status, ''], args.join(' '))
  assert.deepEqual(await everyRow({ database }), before)
  return done.err
}

const WIKI = `\
client    wiki
title     Our wiki
redirect  https://wiki.example.com/callback
redirect  http://localhost/callback
sent out  https://wiki.example.com/
tells     https://wiki.example.com/logout
open to   editors
level     password, shown in the last 8h
shows     a secret
signs     ES256
is        PKCE, third party, device
claim     editors role chief editor
`

describe('from the command line', () => {
  test('a client is added, shown, changed where something is named, given a new secret, listed and removed', async () => {
    await typed('group create editors')
    const options =
      '--redirect https://wiki.example.com/callback --redirect http://localhost/callback --group editors --alg ES256 ' +
      '--post-logout https://wiki.example.com/ --backchannel https://wiki.example.com/logout --level password --max-age 8h'
    const more = ['--title', 'Our wiki', '--third-party', '--device', '--claim', 'editors role chief editor']
    const added = await run('client', 'add', 'wiki', ...options.split(' '), ...more)
    const [, first] = /^secret +([\w-]{43})$/m.exec(added.out) ?? []
    assert.equal(added.out, `${WIKI}secret    ${first}\nKeep it now: it isn't shown again.\n`)
    assert.equal((await typed('client show wiki')).out, WIKI)

    const changed = await typed('client change wiki --first-party --no-device --no-claims --strict --no-backchannel')
    assert.match(changed.out, /signs +ES256\nis +PKCE, first party, strict\n$/)
    assert.doesNotMatch(changed.out, /secret +[\w-]{43}|claim|tells/)

    const rotated = JSON.parse((await typed('client rotate wiki --keep 8h --json')).out)
    assert.notEqual(rotated.secret, first)
    assert.match((await typed('client show wiki')).out, /shows +a secret\nshows +the old secret until 20/)
    assert.doesNotMatch((await typed('client show wiki --json')).out, new RegExp(rotated.secret))

    assert.equal((await typed('client end-old-secret wiki')).out, 'The old one has ended.\n')
    assert.doesNotMatch((await typed('client show wiki')).out, /old secret/)
    assert.match(await refused(1, 'client', 'end-old-secret', 'wiki'), /no old secret that works\. Nothing/)
    assert.match(await refused(1, 'client', 'end-old-secret', 'nobody'), /^There is no client of that name\. Nothing/)

    const { clients, next } = JSON.parse((await typed('client list --json')).out)
    assert.deepEqual([clients.map(({ name }: { name: string }) => name), next], [['wiki'], null])
    assert.match((await typed('client list')).out, /\nwiki +password +editors +https:\/\/wiki/)
    assert.match((await typed('app show wiki')).out, /^app +wiki\ntitle +Our wiki\nopen to/, 'without a host')
    assert.match((await typed('app list')).out, /wiki +password +editors/)
    assert.match((await typed('app change wiki --max-age 1h')).out, /1h/)

    assert.match(await refused(1, 'client', 'remove', 'wiki'), /add --yes/)
    assert.match((await typed('client remove wiki --yes')).out, /is removed, and its app/)
    assert.match(await refused(1, 'client', 'remove', 'wiki', '--yes'), /^There is no client of that name\. Nothing/)
    assert.match(await refused(1, 'client', 'rotate', 'wiki'), /^There is no client of that name\. Nothing/)
    assert.match(await refused(1, 'client', 'show', 'wiki'), /^There is no client of that name\./)
  })

  test('a client of another kind shows its keys, or nothing', async () => {
    const file = join(database.folder, 'jwks.json')
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(file, JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }))
    const keyed = await typed(`client add keyed --redirect https://k.example.com/ --jwks ${file}`)
    assert.match(keyed.out, /shows +a key of its own\n/)
    const elsewhere = await typed('client change keyed --jwks-uri https://k.example.com/keys')
    assert.match(elsewhere.out, /keys +https:\/\/k\.example\.com\/keys\n/)
    assert.match((await typed('client change keyed --public')).out, /shows +nothing: it is public\n/)
    assert.match((await typed('client change keyed --secret')).out, /secret +[\w-]{43}\n/)
    writeFileSync(file, JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] }))
    assert.match(await refused(1, 'client', 'change', 'keyed', '--jwks', file), /^A private key is among these/)
    assert.match(await refused(1, 'client', 'change', 'keyed', '--jwks', `${file}.none`), /can't be read/)
    assert.match((await typed('client add phone --redirect app.phone:/callback --public')).out, /redirect +app\.phone:/)
    assert.match(await refused(1, 'client', 'rotate', 'phone'), /^This client has no secret/)
  })

  test('all that is wrong is said, a line each, and nothing is changed', async () => {
    const many = ['client', 'add', 'Bad', '--redirect', 'http://wiki.example.com/', '--redirect', 'javascript:alert(1)']
    const said = await refused(1, ...many, '--level', 'high', '--alg', 'none', '--claim', 'editors sub x')
    assert.match(said, /An app can't be called Bad/)
    assert.match(said, /http:\/\/wiki\.example\.com\/ needs https:\/\//)
    assert.match(said, /javascript:alert\(1\) doesn't lead to the app/)
    assert.match(said, /high names no level/)
    assert.match(said, /none signs no ID token/)
    assert.match(said, /editors sub x names a claim/)
    assert.match(said, /Nothing was changed\.\n$/)
    assert.match(await refused(1, 'client', 'add', 'bare'), /^A client needs an address/)
    assert.match(await refused(2, 'client', 'change', 'keyed'), /Say what to change/)
    assert.match(await refused(2, 'client', 'change', 'keyed', '--strict', '--no-strict'), /Choose one of --strict/)
    assert.match(await refused(2, 'client', 'add', 'x', '--public', '--jwks-uri', 'https://x.example/'), /Choose one/)
    assert.match(await refused(1, 'client', 'rotate', 'keyed', '--keep', 'soon'), /--keep is a time/)
  })

  test('keys can be rotated once one has signed', async () =>
    assert.match(await refused(1, 'keys', 'rotate'), /^No key has signed an ID token yet\. Nothing/))
})
