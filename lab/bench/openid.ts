import { CHALLENGE, CLIENT } from './client.ts'
import { inTurn, type Reply, rate, type Send } from './load.ts'
import type { People } from './protocol.ts'
import { median } from './report.ts'
import { cookie } from './requests.ts'
import type { Subject } from './subject.ts'

const SIGN_INS = 200 // a turn: the bare library forgets what is older than a thousand things
const LOOKS = 15 // of an app at who has signed in
const SENDING = 16 // connections

const AUTHORIZE = `GET /oauth/authorize?${new URLSearchParams({
  ...{ client_id: CLIENT.id, redirect_uri: CLIENT.redirect, response_type: 'code', scope: CLIENT.scope },
  ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256', state: 'bench', nonce: 'bench' },
})}`
const BASIC = `Authorization: Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}\r\n`
const FORM = `${BASIC}Content-Type: application/x-www-form-urlencoded\r\n`

/** Answers in a second, as a share of those of the bare library. */
export type OpenidShares = { token: number; userinfo: number }

/** What an app asks when somebody has signed in: tokens for the code, then who it is. The median of the rounds. */
export async function openidShares(subject: Subject, rounds: number): Promise<OpenidShares> {
  const { ports, people } = subject
  const ours = openidOf({ product: ports.product, people })
  const bare = openidAt(ports.bareProvider, { token: '/token', userinfo: '/me' })
  const token: number[] = []
  const userinfo: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const theirs = await bare.redeemed(await subject.ask('codes', SIGN_INS))
    const own = await ours.redeemed(await ours.codes(SIGN_INS))
    const shares = [own.rate / theirs.rate, (await ours.lookedAt(own.tokens)) / (await bare.lookedAt(theirs.tokens))]
    if (round === 0) continue // a running server is warm
    token.push(shares[0] ?? Number.NaN)
    userinfo.push(shares[1] ?? Number.NaN)
  }
  return { token: median(token), userinfo: median(userinfo) }
}

/** The product, and codes as browsers carry them whose people are signed in: one answer each, and no page. */
export function openidOf({ product: port, people }: { product: number; people: Pick<People, 'sessions'> }) {
  async function codes(many: number): Promise<string[]> {
    const made: string[] = []
    await rate(inTurn(people.sessions, many), { width: SENDING, port }, async (send, session) => {
      made.push(expect(await send(AUTHORIZE, cookie(session)), 303, /^location: \S+[?&]code=([^&\s]+)/im))
    })
    return made
  }
  return { codes, ...openidAt(port, { token: '/oauth/token', userinfo: '/oauth/userinfo' }) }
}

function openidAt(port: number, at: { token: string; userinfo: string }) {
  async function redeemed(codes: string[]) {
    const tokens: string[] = []
    const redeem = async (send: Send, code: string) => {
      const form = new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, redirect_uri: CLIENT.redirect, code_verifier: CLIENT.verifier },
      })
      tokens.push(expect(await send(`POST ${at.token}`, FORM, form.toString()), 200, /"access_token":"([^"]+)"/))
    }
    return { rate: await rate(codes, { width: SENDING, port }, redeem), tokens }
  }
  const lookedAt = (tokens: string[]) =>
    rate(inTurn(tokens, LOOKS * tokens.length), { width: SENDING, port }, async (send, token) => {
      expect(await send(`GET ${at.userinfo}`, `Authorization: Bearer ${token}\r\n`), 200, /"(groups)":\["/)
    })
  return { redeemed, lookedAt }
}

function expect({ status, head, body }: Reply, wanted: number, what: RegExp): string {
  const [, found] = what.exec(`${head}\n${body}`) ?? []
  if (status !== wanted || found === undefined) throw new Error(`${head}\n${body}`)
  return found
}
