export const KEY = { id: 'b1', key: new Uint8Array(32) }

/** Somebody who can sign in once, because a time step's code works once. */
export type Signer = { email: string; key: string }

/** A visitor's cookie at one of the apps, and at the one behind nginx. */
export type AtGate = { host: string; cookie: string; cookieAtNginx: string }

/** What the measured requests carry. `operator` is a session as well. */
export type People = { signers: Signer[]; sessions: string[]; tokens: string[]; gates: AtGate[]; operator: string }

/** What we ask of the process that fills a database. */
export type Order = { accounts: number; signers: number; visitors: number }

/** What the measuring process asks the measured one, and what comes back. */
export type Questions = {
  /** Hashes per second, over this many. */
  hashes: { amount: number; answer: number }
  /** Milliseconds of processor time, over all threads. */
  cpu: { amount?: never; answer: number }
  /** The most bytes of resident memory since the last time. */
  memory: { amount?: never; answer: number }
  /** Of the bare OpenID provider, for somebody who signs in. */
  codes: { amount: number; answer: string[] }
  stop: { amount?: never; answer: true }
}
export type Ports = { product: number; barePage: number; bareAnswer: number; bareProvider: number }
