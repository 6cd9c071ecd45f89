import { askCheck, checks } from './gate.ts'
import { connection, rate, type Send } from './load.ts'
import { ask, askForAccount, bearer, besideBare, cookie, signIn, typePassword, whatIsTyped } from './requests.ts'
import type { Subject } from './subject.ts'

const SIGN_INS = 120 // a round
const WARM_UP = 3 * SIGN_INS // sign-ins before the first round, because a running server is warm
const PAGES = 4000
const ANSWERS = 20_000
const PEOPLE = 16 // connections
const CALLERS = 64 // connections of scripts, of which there are more
const SATURATED = 8_000 // ms
const SATURATING = 64 // connections that only type passwords
const SIGNING_UP = 20 // sign-ups in flight from one address
const LOOKING = 8 // connections of people who look at pages meanwhile
const READING = 20 // ms between two pages of one of them

export const signersFor = (rounds: number) => WARM_UP + rounds * SIGN_INS
export const PAGE = '/settings/account'
export const ANSWER = '/api/v1/account'

/** Rates per second, of the product and of what we compare it with. Times of each request in milliseconds. */
export type Round = {
  hashes: number
  signIns: number
  /** The processor time of argon2id alone, as a share of whole sign-ins, over all threads of the server. */
  ofProcessorTime: number
  pages: number
  barePages: number
  answers: number
  bareAnswers: number
  checks: number
  bareForChecks: number
  times: Record<
    'sign-in, whole' | 'sign-in, code' | 'signed-in page' | 'token-checked answer' | 'check of the gate',
    number[]
  >
}

export async function warmUp(subject: Subject): Promise<void> {
  for (let part = 0; part < WARM_UP / SIGN_INS; part++) await measureRound(subject)
}

export async function measureRound(subject: Subject): Promise<Round> {
  const { people, ports, ask: of } = subject
  const times: Round['times'] = {
    ...{ 'sign-in, whole': [], 'sign-in, code': [], 'signed-in page': [], 'token-checked answer': [] },
    'check of the gate': [],
  }
  const before = await of('cpu')
  const hashes = await of('hashes', SIGN_INS)
  // Now, because a code works for a minute at most.
  const typed = people.signers.splice(0, SIGN_INS).map(whatIsTyped)
  if (typed.length < SIGN_INS) throw new Error('There are not enough people to sign in.')
  const between = await of('cpu')
  const signIns = await rate(
    typed,
    { width: PEOPLE, port: ports.product, times: times['sign-in, whole'] },
    signIn(ports.product, times['sign-in, code']),
  )
  const after = await of('cpu')

  const pages = await besideBare(
    { bare: ports.barePage, product: ports.product },
    { items: people.sessions, many: PAGES, width: PEOPLE, times: times['signed-in page'] },
    ask(PAGE, cookie),
  )
  const answers = await besideBare(
    { bare: ports.bareAnswer, product: ports.product },
    { items: people.tokens, many: ANSWERS, width: CALLERS, times: times['token-checked answer'] },
    ask(ANSWER, bearer),
  )
  const atGate = await checks(subject, times['check of the gate'])
  const ofProcessorTime = (between - before) / (after - between)
  return {
    ...{ hashes, signIns, ofProcessorTime, pages: pages.ours, barePages: pages.bare },
    ...{ answers: answers.ours, bareAnswers: answers.bare, ...atGate, times },
  }
}

/** How long a person waits for a page, in milliseconds, while more passwords arrive than can be hashed. */
export function pagesWhileSaturated(subject: Subject): Promise<number[]> {
  const look = ask(PAGE, cookie)
  return whileSaturated(
    subject,
    subject.people.sessions.map((session) => (send) => look(send, session)),
  )
}

/** The same for what a proxy asks. */
export const checksWhileSaturated = (subject: Subject): Promise<number[]> =>
  whileSaturated(
    subject,
    subject.people.gates.map((gate) => (send) => askCheck(send, gate)),
  )

function whileSaturated(subject: Subject, looks: Look[]): Promise<number[]> {
  // The same people again and again: they never finish, so nobody owes a code twice.
  const typed = subject.people.signers.slice(0, SATURATING).map(whatIsTyped)
  const type = typePassword(subject.ports.product)
  return meanwhile(
    subject,
    typed.map((form) => (send) => type(send, form)),
    looks,
  )
}

/** The same while one address always has this many sign-ups in flight, each with a password that takes long to judge. */
export function pagesWhileSignedUp(subject: Subject): Promise<number[]> {
  const signUp = askForAccount(subject.ports.product)
  const look = ask(PAGE, cookie)
  return meanwhile(
    subject,
    Array.from({ length: SIGNING_UP }, () => signUp),
    subject.people.sessions.map((session) => (send) => look(send, session)),
  )
}

type Look = (send: Send) => Promise<unknown>

/** `flood` is what each connection of the flood does over and over, `looks` what others do now and then. */
async function meanwhile({ ports }: Subject, flood: Look[], looks: Look[]) {
  const times: number[] = []
  let isOver = false
  const flooding = flood.map(async (request) => {
    const { send, close } = await connection(ports.product)
    while (!isOver) await request(send)
    close()
  })
  const looking = looks.slice(0, LOOKING).map(async (look) => {
    const { send, close } = await connection(ports.product)
    await pause(500) // until the queue is full
    while (!isOver) {
      const began = performance.now()
      await look(send)
      times.push(performance.now() - began)
      await pause(READING)
    }
    close()
  })
  await pause(SATURATED)
  isOver = true
  await Promise.all([...flooding, ...looking])
  return times
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
