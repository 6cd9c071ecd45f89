import type { Stores } from '#db/stores.ts'

export const wireOperators = ({
  accountLists,
  eventChain,
  eventLog,
  groups,
  invitations,
  operators,
  owners,
  policies,
  sealedValues,
  suspensions,
}: Stores) => ({
  accountLists,
  eventChain,
  eventLog,
  groups,
  invitations,
  newAccounts: operators,
  operatorSignOuts: operators,
  owners,
  policies,
  roles: operators,
  sealedValues,
  suspensions,
  tokenLists: operators,
})
