import { openSecret } from '#app/two-factor/factor-secret.ts'
import { readPasskey } from '#app/two-factor/factors/passkey/stored.ts'
import { someFactors } from '#db/stores/doctor.ts'
import type { Check } from './check.ts'

/** Whether BASE_URL is still where people registered them: passkeys are good for one host, for ever. */
export const passkeys: Check = {
  name: 'passkeys',
  async look({ baseUrl, database, vault }) {
    if (!database || !vault) return []
    const host = new URL(baseUrl).hostname
    const kept = await someFactors(database, 'passkey')
    const hosts = kept.flatMap((factor) => {
      const secret = openSecret(vault, factor)
      return secret ? [readPasskey(secret).rpId] : []
    })
    const [other] = hosts.filter((each) => each !== host)
    if (hosts.length === 0) return []
    const check = 'passkeys'
    if (other === undefined) return [{ check, is: 'ok', says: `they are good for ${host}` }]
    const says = `some were registered at ${other} and open nothing at ${host}`
    return [{ check, is: 'warning', says, todo: 'Set BASE_URL back, or let people add passkeys again.' }]
  },
}
