export const PASSWORD = 'violet kettle marches north'

/** What the measuring process asks the measured one. */
export type Question =
  | { ask: 'accounts'; amount: number }
  | { ask: 'hashes'; amount: number }
  | { ask: 'token' }
  | { ask: 'memory' }
  | { ask: 'cpu' }
  | { ask: 'stop' }
