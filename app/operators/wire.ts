import type { Stores } from '#db/stores.ts'

export const wireOperators = ({
  accountLists,
  eventLog,
  groups,
  invitations,
  operators,
  owners,
  policies,
  rescues,
  sealedValues,
  suspensions,
}: Stores) => ({
  accountLists,
  eventLog,
  groups,
  invitations,
  newAccounts: operators,
  operatorRescues: rescues,
  operatorSignOuts: operators,
  owners,
  policies,
  roles: operators,
  sealedValues,
  suspensions,
  tokenLists: operators,
})
