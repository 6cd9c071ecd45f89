import type { Stores } from '#db/stores.ts'

export const wireAccessTokens = ({ accessTokens }: Stores) => ({ accessTokens })
