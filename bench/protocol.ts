export const PASSWORD = 'violet kettle marches north'
export const KEY = { id: 'b1', key: new Uint8Array(32) }

/** Somebody who can sign in, once: the code of a time step is good once. `secret` in hex. */
export type Signer = { email: string; secret: string }

/** What the measured requests come with. */
export type People = { signers: Signer[]; sessions: string[]; tokens: string[] }

/** What the process is asked that fills a database. */
export type Order = { accounts: number; signers: number; visitors: number }

/** What the measuring process asks the measured one, and what it is answered. */
export type Questions = {
  /** Hashes per second, so many of them. */
  hashes: { amount: number; answer: number }
  /** Milliseconds of processor time, of all threads. */
  cpu: { amount?: never; answer: number }
  /** The most bytes of memory that were resident since the last time. */
  memory: { amount?: never; answer: number }
  stop: { amount?: never; answer: true }
}
export type Ports = { product: number; barePage: number; bareAnswer: number }
