import type { Stores } from '#db/stores.ts'

export const wireSignIn = ({ accounts, emails, events, knownBrowsers, signIns, twoFactor }: Stores) => ({
  accounts: { ...accounts, ...emails },
  passwordResets: emails,
  signIns: { ...signIns, rehash: accounts.rehash, record: events.record },
  secondSteps: {
    ...signIns,
    ...knownBrowsers,
    factorsOf: twoFactor.factorsOf,
    recoveryCodesLeft: twoFactor.recoveryCodesLeft,
    record: events.record,
  },
})
