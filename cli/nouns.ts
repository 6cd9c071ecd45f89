import type { Nouns } from './command/program.ts'

/** Loaded when it is typed: `move-to-postgres` chooses the database's kind before the schema is imported. */
export const NOUNS: Nouns = {
  account: async () => ({
    ...(await import('./account.ts')).accounts,
    ...(await import('./account-suspension.ts')).suspension,
    ...(await import('./account-rescue.ts')).rescue,
    ...(await import('./account-deletion.ts')).deletion,
  }),
  operator: async () => (await import('./operator.ts')).operator,
  group: async () => (await import('./group.ts')).group,
  app: async () => ({ ...(await import('./app.ts')).app, ...(await import('./app-apply.ts')).wholeFile }),
  client: async () => (await import('./client.ts')).client,
  gate: async () => (await import('./gate.ts')).gate,
  invite: async () => (await import('./invite.ts')).invite,
  invitation: async () => (await import('./invitation.ts')).invitation,
  token: async () => (await import('./token.ts')).token,
  doctor: async () => (await import('./doctor.ts')).doctor,
  log: async () => (await import('./log.ts')).log,
  keys: async () => (await import('./keys.ts')).keys,
  import: async () => (await import('./import.ts')).imports,
  policy: async () => (await import('./policy.ts')).policy,
  'after-restore': async () => (await import('./after-restore.ts')).afterRestore,
  'move-to-postgres': async () => (await import('./move-to-postgres.ts')).moveToPostgres,
  seed: async () => (await import('./seed.ts')).seed,
  totp: async () => (await import('./totp.ts')).totp,
}
