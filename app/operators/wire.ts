import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ policies }: Stores) => ({
  policies,
})
