import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { commandLine } from '#testing/command-line.ts'
import { everyRow, sharedDatabase } from '#testing/index.ts'

const database = await sharedDatabase()
const folder = mkdtempSync(join(tmpdir(), 'latchkey-apps-'))
after(() => rmSync(folder, { recursive: true }))
after(database.close)

const run = commandLine({
  ...{ BASE_URL: 'https://accounts.example.com', DATABASE_URL: database.url, DATA_FOLDER: database.folder },
  LATCHKEY_KEYS: `k1:${randomBytes(32).toString('base64')}`,
})
const FILE = join(folder, 'apps.json')
async function apply(text: string, ...options: string[]) {
  writeFileSync(FILE, text)
  return await run('app', 'apply', FILE, ...options)
}

const SAID = `\
+ photos
    title: Photos
    hosts: photos.example.com
    level: second_factor
    maxAge: 8h
    paths: /admin/ second_factor 15m
    paths: /share/ public
    networks: 192.168.0.0/16 password
    tokens: yes
    identity: yes
~ wiki
    title: wiki → Wiki
    tokens: no → yes
  - hosts: wiki.example.com
  + hosts: docs.example.com
- old
`

describe('a file of all apps', () => {
  test('is shown as what it changes, applied once somebody is sure, and written again as it was', async () => {
    await run('app', 'add', 'wiki', '--host', 'wiki.example.com')
    await run('app', 'add', 'old', '--host', 'old.example.com')
    const photos = JSON.parse(readFileSync('testing/apps.json', 'utf8')).apps[0]
    const wiki = { name: 'wiki', title: 'Wiki', hosts: ['docs.example.com'], level: 'second_factor', tokens: true }
    const text = JSON.stringify({ apps: [photos, wiki] })
    const before = await everyRow({ database })
    const dry = await apply(text, '--dry-run')
    assert.deepEqual([dry.status, dry.err, dry.out], [0, '', `${SAID}Nothing was changed: this was a dry run.\n`])
    const unasked = await apply(text)
    assert.deepEqual([unasked.status, unasked.out], [1, SAID])
    assert.match(unasked.err, /add --yes/)
    assert.deepEqual(await everyRow({ database }), before)

    const done = await apply(text, '--yes', '--reason', 'Moved')
    assert.deepEqual([done.status, done.err, done.out], [0, '', `${SAID}Done.\n`])
    const exported = await run('app', 'export')
    assert.deepEqual(exported.out, (await run('app', 'export', '--json')).out)
    assert.deepEqual(JSON.parse(exported.out), {
      apps: [photos, { ...wiki, groups: [], paths: [], networks: [], identity: true }],
    })
    const again = JSON.parse((await apply(exported.out, '--json')).out)
    assert.deepEqual(again, { done: true, created: [], changed: [], deleted: [] })
    assert.equal((await apply(exported.out)).out, 'Nothing to change.\n')
  })

  test('is refused whole with the line and the reason of all that is wrong', async () => {
    const good = '{ "name": "a", "hosts": ["a.example"], "level": "password" }'
    const wrong: [string, ...string[]][] = [
      ['{"apps": [\n', '2: This is no JSON.'],
      ['{"apps": [],\n}', '2: This is no JSON: a name in quotes is missing.'],
      ['{"apps": []}\n\n[]', '3: There is something after its end.'],
      [`{"apps": [\n${good}\n${good}]}`, '3: There is a , missing.'],
      ['apps: []', '1: This is no JSON.'],
      ['[]', '1: The file is not {"apps": […]}.'],
      [`${'['.repeat(100_000)}`, '1: It is nested too deeply.'],
      ['{"apps": [],\n"apps": []}', '2: "apps" is there twice.'],
      [
        '{"apps": [\n{"name": "a",\n"hosts": ["a.example"], "level": "password", "grups": []}\n],\n"clients": []}',
        "3: There's no such field here: grups.",
        "5: There's no such field here: clients.",
      ],
      [
        '{"apps": [\n{"name": "a",\n"hosts": "a.example"}]}',
        "2: The field level is missing, or isn't what it must be.",
        "3: The field hosts is missing, or isn't what it must be.",
      ],
      [
        '{"apps": [{"name": "a", "level": "password", "hosts": [\n"*.example",\n"b.example",\n"b.example"]}]}',
        '2: *.example has a * in it. Each host is named by itself.',
        '4: b.example is there twice.',
      ],
      [`{"apps": [\n${good},\n${good.replace('"a"', '"b"')}]}`, '3: a.example is there twice.'],
      [
        '{"apps": [{"name": "a", "hosts": ["a.example"],\n"level": "resistant",\n"groups": ["nobodys"]}]}',
        '2: resistant names no level: an app asks for password, second_factor or phishing_resistant, and a path or a network can also be public.',
        '3: There is no group nobodys.',
      ],
      [
        '{"apps": [{"name": "a", "hosts": ["a.example"],\n"level": "password",\n"groups": [\n"nobodys"]}]}',
        '4: There is no group nobodys.',
      ],
    ]
    const before = await everyRow({ database })
    for (const [text, ...reasons] of wrong) {
      const done = await apply(text, '--yes')
      const said = [...reasons.map((reason) => `apps.json:${reason}`), 'Nothing was changed.', ''].join('\n')
      assert.deepEqual([done.status, done.out, done.err], [1, '', said], text.slice(0, 200))
    }
    assert.match((await run('app', 'apply', join(folder, 'none'))).err, /^There is no file /)
    assert.deepEqual(await everyRow({ database }), before)
  })
})
