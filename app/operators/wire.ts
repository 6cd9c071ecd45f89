import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ accountLists, eventLog, operators, owners, policies, sealedValues }: Stores) => ({
  accountLists,
  eventLog,
  newAccounts: operators,
  operatorSignOuts: operators,
  owners,
  policies,
  roles: operators,
  sealedValues,
  tokenLists: operators,
})
