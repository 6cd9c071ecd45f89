// Measures the product beside what it is made of, in one run on one machine, so that the figures are ratios.
// Each pair is measured in turns, and the median of the rounds' ratios is printed.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSync } from 'otplib'
import { bundle } from '../scripts/build.ts'
import type { BenchAccount } from './accounts.ts'
import { connection, rate, type Send } from './load.ts'
import { PASSWORD, type Question } from './protocol.ts'

const ROUNDS = 5
const SIGN_INS = 120 // per round
const PAGES = 3000 // per round
const ANSWERS = 10_000 // per round
const WIDTH = 16 // connections of people
const CALLERS = 64 // connections of scripts, which come in greater numbers

await bundle('bench/server.tsx', 'dist/bench-server.js')
const child = fork('dist/bench-server.js', {
  execArgv: ['--max-semi-space-size=4'],
  env: { ...process.env, DATABASE_URL: '' },
})
const ports = (await once(child, 'message'))[0] as { port: number; barePort: number; bareApiPort: number }
const { port, barePort, bareApiPort } = ports
const origin = `http://localhost:${port}`
const form = { Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' }
const accounts = await ask<BenchAccount[]>(child, { ask: 'accounts', amount: (ROUNDS + 1) * SIGN_INS + 1 })

const [visitor, ...signers] = accounts
if (!visitor) throw new Error('No accounts were made.')
const { send, close } = await connection(port)
const cookie = await signIn(send, whatIsTyped(visitor))
close()

const page = (path: string, headers: Record<string, string>) => async (request: Send) => {
  const { status } = await request('GET', path, headers)
  if (status !== 200) throw new Error(`${path} answered ${status}`)
}
const requests = Array.from({ length: PAGES })
const calls = Array.from({ length: ANSWERS })
const signInRatios: number[] = []
const pageRatios: number[] = []
const tokenRatios: number[] = []
const token = await ask<string>(child, { ask: 'token' })
for (let round = 0; round <= ROUNDS; round++) {
  const hashes = await ask<number>(child, { ask: 'hashes', amount: SIGN_INS })
  const typed = signers.slice(round * SIGN_INS, (round + 1) * SIGN_INS).map(whatIsTyped)
  const signIns = await rate(typed, WIDTH, port, async (request, forms) => {
    await signIn(request, forms)
  })
  const bare = await rate(requests, WIDTH, barePort, page('/', {}))
  const signedIn = await rate(requests, WIDTH, port, page('/settings/account', { Cookie: cookie }))
  console.log(
    round === 0 ? 'warm-up:' : `round ${round}:`,
    `${signIns.toFixed(1)} sign-ins/s of ${hashes.toFixed(1)} hashes/s · ${signedIn.toFixed(0)} signed-in pages/s of ${bare.toFixed(0)} bare pages/s`,
  )
  const bareApi = await rate(calls, CALLERS, bareApiPort, page('/', {}))
  const answered = await rate(calls, CALLERS, port, page('/api/v1/account', { Authorization: `Bearer ${token}` }))
  console.log(`${' '.repeat(8)} ${answered.toFixed(0)} token-checked answers/s of ${bareApi.toFixed(0)} bare answers/s`)
  if (round === 0) continue
  tokenRatios.push(answered / bareApi)
  signInRatios.push(signIns / hashes)
  pageRatios.push(signedIn / bare)
}
const memory = await ask<number>(child, { ask: 'memory' })
child.send({ ask: 'stop' } satisfies Question)

const startTimes: number[] = []
for (let round = 0; round < ROUNDS; round++) startTimes.push(await firstAnswer())

console.log('')
row('full sign-in, of what argon2id alone allows', median(signInRatios), 'at least 0.9')
row('signed-in page, of the same JSX by a bare Hono app', median(pageRatios), 'at least 0.6')
row('token-checked API answer, of a bare JSON answer', median(tokenRatios), 'at least 0.6')
row('resident memory under this load, in MB', memory / 1e6, 'at most 150')
row('first answer after the start of the process, in seconds', median(startTimes), 'at most 0.5')

function row(name: string, value: number, wanted: string) {
  console.log(`${name.padEnd(58)} ${value.toFixed(2).padStart(7)}   wanted: ${wanted}`)
}

function median(values: number[]) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The two forms of a sign-in, made beforehand: the work of a person and a phone is not the server's. */
function whatIsTyped({ email, secret }: BenchAccount) {
  const code = generateSync({ secret: Buffer.from(secret, 'hex'), epoch: Math.floor(Date.now() / 1000) })
  return { password: new URLSearchParams({ email, password: PASSWORD }).toString(), code: `code=${code}` }
}

/** Password, then the code. The session's cookie. */
async function signIn(request: Send, typed: { password: string; code: string }) {
  const owed = await request('POST', '/sign-in', form, typed.password)
  const { status, cookies } = await request(
    'POST',
    '/sign-in/two-factor',
    { ...form, Cookie: owed.cookies.join('; ') },
    typed.code,
  )
  const session = cookies.find((pair) => pair.startsWith('latchkey='))
  if (status !== 303 || !session) throw new Error(`The code page answered ${status}.`)
  return session
}

async function ask<Answer>(process: ChildProcess, question: Question): Promise<Answer> {
  process.send(question)
  return (await once(process, 'message'))[0] as Answer
}

/** Seconds from starting the built server on an empty folder to its first page. */
async function firstAnswer() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-start-'))
  const started = performance.now()
  const server = spawn('node', ['dist/server.js'], {
    env: { ...process.env, PORT: '0', BASE_URL: '', DATABASE_URL: `file:${join(folder, 'start.db')}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(server.stdout, 'data')
  const { status } = await fetch(`${/http:\S+/.exec(String(line))?.[0]}/sign-in`)
  const seconds = (performance.now() - started) / 1000
  if (status !== 200) throw new Error(`The started server answered ${status}.`)
  server.kill('SIGTERM')
  await once(server, 'exit')
  rmSync(folder, { recursive: true, force: true })
  return seconds
}
