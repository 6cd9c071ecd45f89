import { randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BASE_URL, sharedDatabase } from '../../../testing/index.ts'
import { assertInvariants } from '../../../testing/invariants.ts'
import { mailsIn } from '../../../testing/mail-folder.ts'
import { builtProgram } from '../../../testing/programs.ts'
import { fastClock } from './clock.ts'
import { anything, type Doing, TOTAL } from './mix.ts'
import { type ProcessSample, startMeasured } from './process.ts'
import { endedRows, type Rows, rowsOf } from './rows.ts'
import { siteOf } from './site.ts'
import { DOINGS, newcomer, Otherwise, type Person } from './traffic.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const IDLE_MINUTES = 5
/** By the product's clock. Housekeeping makes a round every five minutes, and each process checks about once a minute. */
const SWEPT_WITHIN = 10 * MINUTE
const AT_ONCE = 12 // people doing something

export type Plan = {
  minutes: number
  /** How many times faster than real time the product's clock runs, and with it everything people do. */
  speed: number
  processes: number
  people: number
  /** Real milliseconds between two samples. */
  every: number
  /** Real milliseconds after which each process asks whether it's its turn to keep house. */
  look: number
  told?: (sample: Sample) => void
}

/** One look. `late` are rows that should have been removed by then; `seconds` is real time since the traffic began. */
export type Sample = { seconds: number; processes: ProcessSample[]; rows: Rows; late: Rows; doings: number }

export type Soaked = {
  samples: Sample[]
  /** How many things were done, how many an hour has of each, and which of them turned out differently than meant. */
  done: number
  planned: number
  requests: number
  otherwise: string[]
  /** What must not happen: faults, answers of 500 and above, rows left behind, a database that contradicts itself. */
  problems: string[]
}

/** Drives the built product with the traffic of mix.ts, and looks at it meanwhile. */
export async function soak(plan: Plan): Promise<Soaked> {
  const program = await builtProgram('lab/stress/soak/server.ts', { whole: true })
  const startedMs = Date.now()
  const clock = fastClock(startedMs, plan.speed)
  const database = await sharedDatabase()
  const environment = {
    DATABASE_URL: database.url,
    BASE_URL,
    SIGN_UP: 'open',
    TRUST_PROXY: '127.0.0.1',
    SESSION_IDLE_MINUTES: String(IDLE_MINUTES),
    SESSION_HOURS: '1',
    LATCHKEY_KEYS: `soak:${randomBytes(32).toString('base64')}`,
    SOAK_STARTED_MS: String(startedMs),
    SOAK_SPEED: String(plan.speed),
    SOAK_LOOK_MS: String(plan.look),
    SOAK_MAIL_FOLDER: join(database.folder, 'mail'),
  }
  const processes = await Promise.all(Array.from({ length: plan.processes }, () => startMeasured(program, environment)))
  const site = siteOf(
    processes.map(({ port }) => port),
    clock,
  )
  const mail = mailFolder(environment.SOAK_MAIL_FOLDER)
  const world = { site, linkIn: mail.linkIn }
  const [samples, otherwise, problems]: [Sample[], string[], string[]] = [[], [], []]

  const people: Person[] = []
  while (people.length < plan.people) people.push(await newcomer(site))
  const free = new Set(people)
  const busy = new Set<Promise<void>>()
  const count = { done: 0 }

  async function doIt(doing: Doing, person: Person) {
    try {
      await DOINGS[doing](world, person)
    } catch (error) {
      const { message } = error as Error
      // The stories throw when an answer isn't the expected one.
      const isAnswer = error instanceof Otherwise || / answered 4\d\d/.test(message)
      const told = isAnswer ? otherwise : problems
      told.push(`${doing}: ${message.slice(0, 120)}`)
    }
    count.done++
    free.add(person)
  }

  async function look(began: number) {
    const at = clock.now()
    const sample = {
      seconds: Math.round((Date.now() - began) / 1000),
      processes: await Promise.all(processes.map((each) => each.sample())),
      rows: await rowsOf(database),
      late: await endedRows(database, new Date(at.getTime() - SWEPT_WITHIN), IDLE_MINUTES * MINUTE),
      doings: count.done,
    }
    samples.push(sample)
    plan.told?.(sample)
    for (const [table, rows] of Object.entries(sample.late)) problems.push(`${rows} rows too many in ${table}`)
    await mail.burn()
  }

  const began = Date.now()
  const until = began + plan.minutes * MINUTE
  const gap = HOUR / TOTAL / plan.speed
  let nextLook = began
  let nextDoing = began
  while (Date.now() < until) {
    if (Date.now() >= nextLook) {
      await look(began)
      nextLook = Date.now() + plan.every
    }
    const waiting = [...free]
    if (Date.now() >= nextDoing && waiting.length > 0 && busy.size < AT_ONCE) {
      const person = waiting[Math.floor(Math.random() * waiting.length)]
      if (person) {
        free.delete(person)
        const doing = doIt(anything(), person)
        busy.add(doing)
        doing.then(() => busy.delete(doing))
      }
      nextDoing = Math.max(nextDoing + gap, Date.now() - 2000) // catches up after a short delay, and only then
    } else await pause(Math.max(1, Math.min(20, nextDoing - Date.now())))
  }
  await Promise.all(busy)
  await look(began)

  // Everybody goes home. A day later, nothing is left that opens or counts anything.
  clock.aDayLater()
  await Promise.all(processes.map((each) => each.aDayLater()))
  const left = async () => endedRows(database, clock.now(), IDLE_MINUTES * MINUTE)
  for (let tries = 0; tries < 120 && Object.keys(await left()).length > 0; tries++) await pause(500)
  for (const [table, rows] of Object.entries(await left())) problems.push(`a day later: ${rows} ended rows in ${table}`)

  await assertInvariants(database).catch((error) => problems.push(`an invariant is broken: ${error.message}`))
  site.close()
  await Promise.all(processes.map((each) => each.stop()))
  problems.push(...site.failures, ...processes.flatMap((each) => each.complaints()))
  await database.close()
  const planned = Math.round((plan.minutes * MINUTE) / gap)
  return { samples, done: count.done, planned, requests: site.requests(), otherwise, problems }
}

/** Mails as the product writes them without a mail server. */
function mailFolder(folder: string) {
  return {
    /** Waits for the newest link to that address, and returns its path. */
    async linkIn(email: string): Promise<string> {
      for (let tries = 0; tries < 200; tries++) {
        const mail = (await mailsIn(folder)).findLast(({ to, link }) => to === email && link.startsWith(RESET))
        if (mail) {
          rmSync(mail.file) // so the next link is a new one
          return mail.link.slice(BASE_URL.length)
        }
        await pause(50)
      }
      throw new Otherwise('no mail came')
    },
    /** Removes mails that nobody waits for. */
    async burn() {
      for (const { file } of await mailsIn(folder)) {
        const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity } // read meanwhile
        if (Date.now() - mtimeMs > MINUTE) rmSync(file)
      }
    },
  }
}

const RESET = `${BASE_URL}/mail/reset-password?token=`
