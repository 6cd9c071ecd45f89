import type { Origin } from '../lib/origin.ts'

/** Where it comes from what an operator does in a terminal of the server. */
export const COMMAND_LINE: Origin = { address: 'server', browser: 'latchkey', system: null }
