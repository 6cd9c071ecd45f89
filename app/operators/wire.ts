import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ eventLog, owners, policies, sealedValues, suspensions }: Stores) => ({
  eventLog,
  owners,
  policies,
  sealedValues,
  suspensions,
})
