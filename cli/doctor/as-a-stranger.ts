import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overTls } from 'node:https'
import { FOR_A_REQUEST } from './check.ts'

/** A request of nobody. `target` goes as it is written, without being made canonical. */
export type Stranger = { method?: string; host?: string; target: string; headers?: Record<string, string> }

export type Answer = {
  status: number
  location: string | undefined
  challenge: string | undefined
  elsewhere: string | undefined
}

/** Where the URL leads, or where the operator says that the proxy is. */
export type Place = { secure: boolean; hostname: string; at: { host: string; port: number } }

/** Rejects when no answer comes. What is behind an answer, nobody reads. */
export function asStranger({ secure, hostname, at }: Place, asked: Stranger): Promise<Answer> {
  const { method = 'GET', host = hostname, target, headers } = asked
  return new Promise((resolve, reject) => {
    const sent = (secure ? overTls : overHttp)({
      ...{ ...at, method, path: target, agent: false, timeout: FOR_A_REQUEST },
      ...(secure && { servername: hostname }),
      headers: { Host: host, ...headers },
    })
    const take = (answer: IncomingMessage) => {
      const { location, 'www-authenticate': challenge, 'latchkey-location': elsewhere } = answer.headers
      resolve({ status: answer.statusCode ?? 0, location, challenge, elsewhere: elsewhere?.toString() })
      sent.destroy()
    }
    sent.once('timeout', () => sent.destroy(new Error(`no answer in ${FOR_A_REQUEST / 1000} seconds`)))
    sent.once('error', reject).once('response', take).once('upgrade', take).end()
  })
}
