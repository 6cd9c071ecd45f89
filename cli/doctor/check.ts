import type { Config } from '#app/config.ts'
import { reasonOf } from '#app/lib/reasons.ts'
import type { Vault } from '#app/lib/vault.ts'
import type { Database } from '#db/client.ts'

/** One line of the doctor. `todo` is what the operator can do about it. */
export type Said = { check: string; is: 'ok' | 'warning' | 'fault'; says: string; todo?: string }

/** What there is to look at. Without keys or a database, the checks that need them say nothing. */
export type Patient = {
  config: Config
  baseUrl: string
  database?: Database
  vault?: Vault
  /** A server whose time is right. */
  clockUrl?: string | undefined
  /** Who gets a mail. */
  mailTo?: string | undefined
}

export type Check = { name: string; look(of: Patient): Promise<Said[]> }

export const AT_MOST = 15_000 // milliseconds for one check
export const FOR_A_REQUEST = 5_000 // milliseconds

/** Says what a check says, and a fault in its place if it takes too long or throws. */
export async function said({ name, look }: Check, of: Patient, atMost = AT_MOST): Promise<Said[]> {
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<Said[]>((resolve) => {
    const says = `not done after ${atMost / 1000} seconds`
    late = setTimeout(
      () => resolve([{ check: name, is: 'warning', says, todo: 'Try again when less is going on.' }]),
      atMost,
    )
  })
  try {
    return await Promise.race([look(of), tooLate])
  } catch (error) {
    return [{ check: name, is: 'fault', says: oneLine(reasonOf(error)).replace(/\.$/, '') }]
  } finally {
    clearTimeout(late)
  }
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ')

/** A request that follows no redirect and has an end. */
export const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { redirect: 'manual', ...init, signal: AbortSignal.timeout(FOR_A_REQUEST) })

/** What kept an answer from coming, in a few words. */
export function whyNot(error: unknown): string {
  const { cause, message, name } = error as Error & { cause?: { code?: string } }
  return name === 'TimeoutError' ? `no answer in ${FOR_A_REQUEST / 1000} seconds` : (cause?.code ?? message)
}
