import type { Stores } from '#db/stores.ts'

export const wireAccount = ({
  accounts,
  checkUps,
  emails,
  events,
  panic,
  personalData,
  restored,
  sessions,
  usernames,
}: Stores) => ({
  accountSessions: sessions,
  activity: events,
  checkUps,
  emailConfirmations: emails,
  emailChanges: emails,
  passwordChanges: accounts,
  panic,
  personalData,
  restored,
  displayNames: usernames,
  usernames,
})
