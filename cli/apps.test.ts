import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { commandLine } from '#testing/command-line.ts'
import { everyRow, sharedDatabase } from '#testing/index.ts'

const database = await sharedDatabase()
after(database.close)

const SITE = {
  ...{ BASE_URL: 'https://accounts.example.com', DATABASE_URL: database.url, DATA_FOLDER: database.folder },
  LATCHKEY_KEYS: `k1:${randomBytes(32).toString('base64')}`,
}
const run = commandLine(SITE)
const typed = (line: string) => run(...line.split(' '))
async function refused(status: number, ...args: string[]) {
  const before = await everyRow({ database })
  const done = await run(...args)
  assert.deepEqual([done.status, done.out], [status, ''], args.join(' '))
  assert.deepEqual(await everyRow({ database }), before)
  return done.err
}

const PHOTOS = `\
app       photos
title     Our photos
host      photos.example.com
host      pictures.example.com
open to   family
level     second_factor, shown in the last 8h
path      /admin/ second_factor 15m
path      /share/ public
network   192.168.0.0/16 password
tokens    open it
identity  not told
`

describe('from the command line', () => {
  test('an app is added, shown, changed where something is named, listed and deleted', async () => {
    await typed('group create family')
    const options = '--host photos.example.com --host pictures.example.com --group family --max-age 8h --public /share/'
    const rules = [
      '--path',
      '/admin/ second_factor 15m',
      '--network',
      '192.168.0.0/16 password',
      '--title',
      'Our photos',
    ]
    const added = await run('app', 'add', 'photos', ...options.split(' '), ...rules, '--tokens', '--no-identity')
    assert.deepEqual([added.status, added.err, added.out], [0, '', PHOTOS])
    assert.equal((await typed('app show photos')).out, PHOTOS)

    await typed('app add wiki --host wiki.example.com --level password')
    const changed = await typed('app change wiki --title Wiki --public /feed --tokens --max-age 1h')
    assert.match(
      changed.out,
      /title +Wiki\nhost +wiki.*\nopen to +nobody\nlevel +password, shown in the last 1h\npath +\/feed public\n/,
    )
    const back = await typed(
      'app change wiki --no-paths --no-tokens --no-max-age --no-identity --host docs.example.com',
    )
    assert.match(
      back.out,
      /Wiki\nhost +docs.*\nopen to +nobody\nlevel +password\ntokens +don't open it\nidentity +not told\n$/,
    )

    const { apps, next } = JSON.parse((await typed('app list --json')).out)
    assert.deepEqual([apps.map(({ name }: { name: string }) => name), next], [['photos', 'wiki'], null])
    assert.deepEqual(JSON.parse((await typed('app show photos --json')).out), apps[0])
    assert.match((await typed('app list')).out, /\nphotos +second_factor +family +photos\.example\.com pictures/)

    assert.match(await refused(1, 'app', 'delete', 'photos'), /add --yes/)
    assert.equal((await typed('app delete photos --yes --reason Moved')).out, 'The app photos is deleted.\n')
    assert.match(await refused(1, 'app', 'delete', 'photos', '--yes'), /^There is no app of that name\. Nothing/)
  })

  test('all that is wrong with an app is said, a line each, and nothing is changed', async () => {
    await typed('app add there --host there.example.com')
    const many = [
      '--host',
      '*.example.com',
      '--host',
      'there.example.com\u001b',
      '--group',
      'nobodys',
      '--max-age',
      '5s',
    ]
    assert.equal(
      await refused(1, 'app', 'add', 'there', ...many, '--path', '/a/../b password', '--public', 'share'),
      `\
*.example.com has a * in it. Each host is named by itself.
there.example.com? is no host: write it as in photos.example.com, without https:// and without a path.
5s is no time that a proof can be good for: write it as in 15m or 8h, from 1m to 365d.
share public has no plain path: it begins with / and has no dots to climb by, no second slash, no query and nothing encoded twice.
/a/../b password has no plain path: it begins with / and has no dots to climb by, no second slash, no query and nothing encoded twice.
Nothing was changed.
`,
    )
    assert.match(
      await refused(1, 'app', 'add', 'there', '--host', 'there.example.com', '--group', 'nobodys'),
      /^There is an app there already\.\nAnother app has the host there\.example\.com\.\nThere is no group nobodys\.\n/,
    )
    assert.match(
      await refused(1, 'app', 'change', 'there', '--host', 'accounts.example.com:8443'),
      /where people sign in/,
    )
    assert.match(await refused(1, 'app', 'change', 'nobodys', '--title', 'New'), /^There is no app of that name/)
    assert.match(await refused(1, 'app', 'show', 'nobodys'), /^There is no app of that name/)
    assert.match(await refused(1, 'app', 'add', 'hostless'), /^An app needs a host/)
  })

  test('a change that says nothing or two things is not understood', async () => {
    for (const line of [
      '',
      ' --tokens --no-tokens',
      ' --identity --no-identity',
      ' --nobody --group family',
      ' --max-age',
    ])
      await refused(2, ...`app change there${line}`.split(' '))
  })
})

test('the gate explains in words and in JSON what a request would be answered', async () => {
  await typed('account create ada@example.com')
  await typed('group create readers')
  await typed('group add readers ada@example.com')
  await typed('app add books --host books.example.com --group readers --max-age 8h --public /cover')
  const url = 'https://books.example.com/'
  const done = await run('gate', 'explain', url, '--account', 'ada@example.com')
  assert.deepEqual([done.status, done.err], [0, ''])
  assert.equal(
    done.out,
    `\
books.example.com/, asked for by ada@example.com
app                              books (books)
open to                          readers
rule                             what the app asks everywhere
asks for                         second_factor, shown in the last 8h
nobody signed in                 is sent to the portal (302)
a sign-in now with the password  is asked for a second factor to be set up (302)
an access token with app:books   is refused: no access token opens that (403)
`,
  )
  assert.match(
    (await run('gate', 'explain', url, '--method', 'post')).out,
    /nobody signed in +is sent to the portal \(401\)\n$/,
  )
  assert.match(
    (await run('gate', 'explain', `${url}cover`)).out,
    /rule +the path \/cover\nasks for +public\nnobody signed in +comes in \(200\)/,
  )
  const json = JSON.parse((await run('gate', 'explain', url, '--account', 'ada@example.com', '--json')).out)
  assert.deepEqual(json.required, { level: 'second_factor', maxAge: 28_800, by: 'app' })
  assert.deepEqual(json.ways[0], {
    by: 'sign_in',
    method: 'password',
    verdict: 'step_up',
    status: 302,
    missing: 'set_up_second_factor',
  })
  assert.match(
    await refused(1, 'gate', 'explain', 'https://nobodys.example.com/'),
    /^Nobody comes in: no app has that host/,
  )
  assert.match(await refused(1, 'gate', 'explain', 'http://books.example.com/'), /scheme of BASE_URL/)
  assert.match(await refused(1, 'gate', 'explain', 'books.example.com'), /^That is no URL of an app/)
})
