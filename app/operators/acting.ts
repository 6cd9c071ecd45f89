import type { ByOperator } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'

/** An operator who does something to somebody's account, from where, and why. */
export type Acting = ByOperator & { origin: Origin }
