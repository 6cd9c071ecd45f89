import { totpWrites } from '#db/stores/factors/totp.ts'
import { totpPages } from './totp.http.tsx'
import { totp } from './totp.ts'

export const totpKind = (settings: { issuer: string }) => {
  const rules = totp(settings, totpWrites)
  return { ...rules, ...totpPages(rules) }
}
