import type { Stores } from '#db/stores.ts'

export const wireAccount = ({ accounts, checkUps, emails, events, panic, restored, sessions, usernames }: Stores) => ({
  accountSessions: sessions,
  activity: events,
  checkUps,
  emailConfirmations: emails,
  emailChanges: emails,
  passwordChanges: accounts,
  panic,
  restored,
  displayNames: usernames,
  usernames,
})
