import { passkeyWrites } from '#db/stores/factors/passkey.ts'
import { passkeyPages } from './passkey.http.tsx'
import { passkey } from './passkey.ts'

export const passkeyKind = (settings: { issuer: string; baseUrl: string }) => {
  const rules = passkey(settings, passkeyWrites)
  return { ...rules, ...passkeyPages(rules) }
}
