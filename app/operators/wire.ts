import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ eventLog, policies, sealedValues }: Stores) => ({
  eventLog,
  policies,
  sealedValues,
})
