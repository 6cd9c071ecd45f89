import type { Stores } from '#db/stores.ts'

export const wireAccount = ({
  accounts,
  checkUps,
  deletions,
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
  deletions,
  emailConfirmations: emails,
  emailChanges: emails,
  passwordChanges: accounts,
  passwordsAgain: accounts,
  panic,
  personalData,
  restored,
  displayNames: usernames,
  usernames,
})
