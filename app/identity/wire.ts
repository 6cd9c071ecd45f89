import type { Stores } from '#db/stores.ts'

export const wireIdentity = ({ accounts, events, limits, sessions, trustedBrowsers }: Stores) => ({
  limits,
  sessions,
  trustedBrowsers,
  passwordConfirmations: { passwordHash: accounts.passwordHash, record: events.record },
})
