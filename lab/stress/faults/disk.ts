import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialect } from '../../../db/columns.ts'
import { codeOf } from '../../../testing/authenticator.ts'
import { asked } from '../../../testing/databases.ts'
import { startPostgres } from '../../../tools/postgres.ts'
import type { Fault } from './fault.ts'
import { type Answer, isDone } from './flow.ts'
import { FLOWS } from './flows.ts'
import { beginning, judged, type Watched } from './kills.ts'
import { isSignedIn, makePerson, owingCode } from './people.ts'
import { makeWorld, type World } from './world.ts'

const EXPECTED =
  '503 with Retry-After, nothing half done, no session without its row in the log; works again when there is space'
const VISITORS = 25 // more than fit into the existing pages
const MANY_VISITORS = 150 // more than fit into a log that starts over
const ENOUGH = 3 // refusals

type Space = { take(world: World): unknown; give(world: World): unknown }

export const DISK: Fault[] = [
  {
    name: 'disk full, as SQLite says it when a file may have no more pages (max_page_count)',
    attack: 'A68',
    expected: EXPECTED,
    on: ['sqlite'],
    run: () => runsOut(makeWorld(), { take: (world) => pages(world, 1), give: (world) => pages(world, 1_000_000) }),
  },
  {
    name: 'disk full, as PostgreSQL says it (53100, raised by a trigger on the log)',
    attack: 'A68',
    expected: EXPECTED,
    on: ['postgres'],
    run: () =>
      runsOut(makeWorld(), {
        take: ({ url }) =>
          asked(url, `${RAISES}; create trigger no_space before insert on events execute function no_space()`),
        give: ({ url }) => asked(url, 'drop trigger no_space on events'),
      }),
  },
  {
    name: 'disk full, a file system of 24 MB for SQLite, 160 MB for PostgreSQL',
    attack: 'A68',
    expected: EXPECTED,
    on: ['sqlite', 'postgres'],
    long: true,
    run: () => (dialect === 'sqlite' ? onSmallDisk(24, sqliteWithin) : onSmallDisk(160, postgresWithin)),
  },
  {
    name: 'files may grow no more (RLIMIT_FSIZE): the write itself fails',
    attack: 'A68',
    expected: EXPECTED,
    on: ['sqlite'],
    long: true,
    run: async () => {
      if (spawnSync('prlimit', ['--version']).status !== 0) return 'not tried: there is no prlimit here'
      const limit = (world: World, bytes: string) => {
        const { status, stderr } = spawnSync('prlimit', ['--pid', String(world.server.child.pid), `--fsize=${bytes}:`])
        assert.equal(status, 0, String(stderr))
      }
      const space: Space = {
        take: (world) => limit(world, String(statSync(join(world.folder, 'latchkey.db-wal')).size)),
        give: (world) => limit(world, 'unlimited'),
      }
      return runsOut(makeWorld(), space, MANY_VISITORS)
    },
  },
]

const RAISES = `create or replace function no_space() returns trigger language plpgsql as
  $$ begin raise exception 'could not extend file: no space left on device' using errcode = '53100'; end $$`

const pages = (world: World, most: number) => world.browser().get('/sign-in', { 'fault-pages': String(most) })

/** Sign-ins until there is no space for another, then changes, then space again. */
async function runsOut(made: Promise<World>, { take, give }: Space, people = VISITORS): Promise<string> {
  const world = await made
  try {
    await world.start()
    const visitors = []
    for (let visitor = 0; visitor < people; visitor++) {
      const person = await makePerson(world, 1)
      visitors.push({ person, browser: await owingCode(world, person) })
    }
    const changes: Watched[] = []
    for (const flow of FLOWS.filter(({ event }) => CHANGES.includes(event))) changes.push(await beginning(world, flow))

    await take(world)
    const let_in = []
    const refused = []
    for (const visitor of visitors) {
      const code = codeOf(visitor.person.authenticators[0]?.key ?? '', new Date())
      const answer = await visitor.browser.post('/sign-in/two-factor', { code })
      if (answer.status === 303) let_in.push(visitor)
      else {
        assertTryLater(answer)
        refused.push(visitor)
      }
      if (refused.length === ENOUGH) break
    }
    assert.equal(refused.length, ENOUGH, 'there was no space any more')
    const done: (Answer | undefined)[] = []
    for (const { begun } of changes) {
      const answer = await begun.send()
      const fitted = isDone(answer, begun)
      if (!fitted) assertTryLater(answer)
      done.push(fitted ? answer : undefined)
    }
    const unchanged = done.filter((answer) => !answer).length
    await world.assertInvariants()
    const answersReading = (await world.browser().get('/sign-in')).status
    await give(world)

    for (const { browser } of let_in) assert.ok(await isSignedIn(browser), 'who was let in is in')
    for (const { browser, person } of refused) {
      assert.ok(!(await isSignedIn(browser)), 'who was refused is not')
      const code = codeOf(person.authenticators[0]?.key ?? '', new Date(), 1)
      assert.equal((await browser.post('/sign-in/two-factor', { code })).status, 303, 'and is let in now')
    }
    for (const [index, watched] of changes.entries()) {
      const { happened, wrong } = await judged(world, watched, done[index])
      assert.equal(wrong, undefined)
      assert.equal(happened, done[index] !== undefined, 'what was refused was not done')
    }
    return `${let_in.length} let in, then 503; ${unchanged} of ${changes.length} changes refused whole; pages answered ${answersReading} meanwhile; all done afterwards`
  } finally {
    await world.end()
  }
}

const CHANGES = ['second_factor_on', 'password_changed', 'second_factor_replaced']

export function assertTryLater({ status, headers }: { status: number; headers: Headers }) {
  assert.equal(status, 503)
  assert.match(headers.get('retry-after') ?? '', /^\d+$/, 'it says when to come back')
}

/** A file system in memory with this many megabytes, if this process may mount one. `use` fills it with a file. */
async function onSmallDisk(megabytes: number, use: (folder: string, space: Space) => Promise<string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-small-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0
  if (!mounted) {
    rmSync(folder, { recursive: true })
    return 'not tried: this process may not mount a file system'
  }
  const ballast = join(folder, 'ballast')
  try {
    return await use(folder, { take: () => fill(ballast), give: () => rmSync(ballast) })
  } finally {
    if (existsSync(ballast)) rmSync(ballast)
    spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  }
}

const sqliteWithin = (folder: string, space: Space) => runsOut(makeWorld({ within: folder }), space)

async function postgresWithin(folder: string, space: Space) {
  const postgres = await startPostgres({ keptIn: folder })
  try {
    return await runsOut(makeWorld({ postgres: postgres.url }), space)
  } finally {
    await postgres.stop()
  }
}

function fill(path: string) {
  const file = openSync(path, 'w')
  try {
    for (const size of [65_536, 512]) for (;;) if (!written(file, size)) break
  } finally {
    closeSync(file)
  }
}

function written(file: number, size: number) {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
