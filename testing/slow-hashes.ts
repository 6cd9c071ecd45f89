import { setTimeout as pause } from 'node:timers/promises'
import { hash, verify } from '@node-rs/argon2'
import { createPasswords, type Passwords } from '#app/lib/passwords.ts'
import { QUICK } from './quick-hashes.ts'

const HASHING = 8 // milliseconds

/** For races: a password takes its time, as at the real cost, so rivals come meanwhile. But it only waits. */
export const slowPasswords = (): Passwords =>
  createPasswords({ cost: QUICK, argon2: { hash: slowly(hash), verify: slowly(verify) } })

const slowly =
  <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    await pause(HASHING)
    return work(...args)
  }

/** About when a password has been checked, a little later each round, so the two meet somewhere. */
export const untilHashed = (round: number): Promise<void> => pause(HASHING - 2 + round)
