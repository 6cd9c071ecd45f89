import { codeOf } from '../../testing/authenticator.ts'
import { PASSWORD } from '../../testing/names.ts'
import { inTurn, rate, type Send } from './load.ts'
import type { Signer } from './protocol.ts'

export type Typed = { password: string; code: string }

/** The two forms of a sign-in, made beforehand: what a person and a phone do isn't the server's work. */
export const whatIsTyped = ({ email, key }: Signer): Typed => ({
  password: new URLSearchParams({ email, password: PASSWORD }).toString(),
  code: `code=${codeOf(key, new Date())}`,
})

const formHead = (port: number) =>
  `Origin: http://localhost:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\n`

/** Sends the first form. Returns the cookie that owes a code. */
export const typePassword = (port: number) => {
  const head = formHead(port)
  return async (send: Send, { password }: Typed) => {
    const { status, cookies } = await send('POST /sign-in', head, password)
    return { status, cookies }
  }
}

// Endless years and dates are the most work for the estimator, which refuses them.
const LONG_TO_JUDGE = '19871988199019912001'.repeat(12)

/** A sign-up that the estimator has to refuse. */
export const askForAccount = (port: number) => {
  const head = formHead(port)
  const form = new URLSearchParams({ email: 'new@example.com', password: LONG_TO_JUDGE }).toString()
  return (send: Send) => send('POST /sign-up', head, form)
}

/** The password, then the code. */
export function signIn(port: number, codeTimes: number[] = []) {
  const head = formHead(port)
  const first = typePassword(port)
  return async (send: Send, typed: Typed) => {
    const { cookies } = await first(send, typed)
    const began = performance.now()
    const second = await send('POST /sign-in/two-factor', `${head}Cookie: ${cookies.join('; ')}\r\n`, typed.code)
    codeTimes.push(performance.now() - began)
    if (second.status !== 303 || !second.cookies.some((pair) => pair.startsWith('latchkey=')))
      throw new Error(`The code page answered ${second.status}.`)
  }
}

/** Asks for a path with what each visitor carries. */
export const ask =
  (path: string, head: (visitor: string) => string = () => '') =>
  async (send: Send, visitor: string) => {
    const { status } = await send(`GET ${path}`, head(visitor))
    if (status !== 200) throw new Error(`${path} answered ${status}`)
  }
export const cookie = (session: string) => `Cookie: latchkey=${session}\r\n`
export const bearer = (token: string) => `Authorization: Bearer ${token}\r\n`

const TURNS = 4

/**
 * Requests in a second: plain ones of a bare app, and `work` for `many` of the items at the product. Measured in short turns, one beside
 * the other: what disturbs this machine for a while disturbs both.
 */
export async function besideBare<Item>(
  ports: { bare: number; product: number },
  { items, many, width, times }: { items: Item[]; many: number; width: number; times: number[] },
  work: (send: Send, item: Item) => Promise<unknown>,
): Promise<{ bare: number; ours: number }> {
  let [ofBare, ofOurs] = [0, 0] // seconds for one request of each turn
  for (let turn = 0; turn < TURNS; turn++) {
    ofBare += 1 / (await rate(inTurn([''], many / TURNS), { width, port: ports.bare }, ask('/')))
    ofOurs += 1 / (await rate(inTurn(items, many / TURNS), { width, port: ports.product, times }, work))
  }
  return { bare: TURNS / ofBare, ours: TURNS / ofOurs }
}
