import type { Stores } from '#db/stores.ts'

export const wireOperators = ({ sealedValues }: Stores) => ({ sealedValues })
