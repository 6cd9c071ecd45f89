import { connection } from './load.ts'
import { byAddress, firstNames, usernameOf } from './population.ts'
import { cookie } from './requests.ts'
import type { Subject } from './subject.ts'

const SEARCHES = 400 // of each kind
const WARM_UP = 20
const PER_PAGE = 50

/** Milliseconds until an operator sees the accounts that were searched for, one search after the other. */
export async function searches({ people, ports, accounts }: Subject): Promise<Record<string, number[]>> {
  const head = cookie(people.operator)
  const { send, close } = await connection(ports.product)
  const times: Record<string, number[]> = {}
  for (const [kind, queries] of Object.entries(kinds(accounts))) {
    const own: number[] = []
    for (const query of queries) {
      const began = performance.now()
      const { status } = await send(`GET /operate/accounts?${new URLSearchParams(query)}`, head)
      own.push(performance.now() - began)
      if (status !== 200) throw new Error(`A search answered ${status}.`)
    }
    times[`account search, ${kind} (p95 < 20)`] = own.slice(WARM_UP)
  }
  close()
  return times
}

/** What is typed, and a page of it. No two are alike, where there are enough. */
const kinds = (accounts: number) => ({
  'what thousands have': eachOf((n) => {
    const { length } = firstNames
    return { search: `${firstNames[n % length]} ${(Math.floor(n / length) % 16).toString(16)}` }
  }),
  'what one account has': eachOf((n) => ({ search: usernameOf(Math.floor((n * accounts) / SEARCHES)) })),
  'what nobody has': eachOf((n) => ({ search: `zz${n}` })),
  'the last page of all': eachOf((n) => {
    const { id, email } = byAddress(accounts - 2 - (n % PER_PAGE), accounts)
    return { search: '', after: Buffer.from(`email ${id} ${email}`).toString('base64url') }
  }),
})

function* eachOf<Item>(make: (n: number) => Item): Generator<Item> {
  for (let n = 0; n < SEARCHES; n++) yield make(n)
}
