import type { Stores } from '#db/stores.ts'

export const wireGate = ({ gate }: Stores) => ({ gate })
