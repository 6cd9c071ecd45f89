import type { Stores } from '#db/stores.ts'

export const wireGate = ({ apps, gate }: Stores) => ({ apps, gate })
