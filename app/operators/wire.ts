import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ eventLog, sealedValues }: Stores) => ({
  eventLog,
  sealedValues,
})
