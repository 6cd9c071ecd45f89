import { Agent } from 'node:http'
import { browser, byHttp, type From, type Product, type Transport } from '../../../testing/index.ts'

export type Site = ReturnType<typeof siteOf>

/**
 * The running processes, in turn, behind the one address that people use. To the stories of the unit tests it looks like
 * the product, because they need only a door and a clock.
 */
export function siteOf(ports: number[], clock: { now: () => Date }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, timeout: 30_000 })
  const failures: string[] = []
  let asked = 0

  const next = byHttp(() => ports[asked++ % ports.length] ?? 0, { agent, patience: 30_000 })
  const carry: Transport = async (path, init, address) => {
    const answer = await next(path, init, address)
    if (answer.status >= 500) failures.push(`${init.method ?? 'GET'} ${path.split('?')[0]} answered ${answer.status}`)
    return answer
  }

  /** A person at an address of their own. */
  const somewhere = () => `10.${byte()}.${byte()}.${byte()}`
  const product: Product = {
    carry,
    clock,
    browser: ({ address = somewhere(), ...of }: From = {}) => browser(carry, { address, ...of }),
  }

  return {
    product,
    somewhere,
    /** Answers that were the server's faults. */
    failures,
    requests: () => asked,
    close: () => agent.destroy(),
  }
}

const byte = () => Math.floor(Math.random() * 256)
