import type { Factor } from './factor.ts'
import { totp } from './factors/totp.ts'

/** To add a kind of second factor: write its rules in factors/ and one line here. */
export const factorKinds = (config: { issuer: string }): Factor[] => [totp(config)]
