import type { Stores } from '#db/stores.ts'

export const wireSignIn = ({
  accounts,
  emails,
  events,
  invitations,
  knownBrowsers,
  recoveries,
  rescues,
  signIns,
  signInsAlone,
  twoFactor,
}: Stores) => ({
  accounts: { ...accounts, ...emails },
  admissions: invitations,
  passwordResets: emails,
  recoveries: { ...recoveries, record: events.record },
  rescues: { ...rescues, record: events.record },
  signIns: { ...signIns, rehash: accounts.rehash, record: events.record },
  signInsAlone: { ...signInsAlone, record: events.record },
  secondSteps: {
    ...signIns,
    ...knownBrowsers,
    factorsOf: twoFactor.factorsOf,
    recoveryCodesLeft: twoFactor.recoveryCodesLeft,
    record: events.record,
  },
})
