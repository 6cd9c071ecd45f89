import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ eventLog, groups, invitations, policies, sealedValues }: Stores) => ({
  eventLog,
  groups,
  invitations,
  policies,
  sealedValues,
})
