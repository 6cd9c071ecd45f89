import { randomInt } from 'node:crypto'
import { newId } from '#app/lib/tokens.ts'
import { limitsOf } from '#db/stores/doctor.ts'
import { ask, type Check, type Said } from './check.ts'

/** Whether a visitor can choose the address that their guesses are counted under. */
export const proxy: Check = {
  name: 'TRUST_PROXY',
  async look({ config, baseUrl, database }) {
    const check = 'TRUST_PROXY'
    const wide = config.trustedProxies.filter(({ prefix, family }) => prefix < (family === 'ipv4' ? 8 : 32))
    const said: Said[] = wide.map(({ address, prefix }) => ({
      ...{ check, is: 'fault' as const, says: `${address}/${prefix} is too wide` },
      todo: "Name the proxy's own addresses, and nothing wider.",
    }))
    if (config.trustedProxies.length === 0 && baseUrl.startsWith('https:'))
      said.push({
        ...{ check, is: 'warning', says: 'it is unset: everybody seems to come from the proxy' },
        todo: "Set it to the proxy's address.",
      })
    const believed = database && (await believesAForgedAddress(baseUrl, (key) => limitsOf(database, key)))
    if (believed)
      said.push({
        ...{ check, is: 'fault', says: 'a visitor can choose the address that they seem to come from' },
        todo: 'Let the proxy replace X-Forwarded-For, and name nobody else in TRUST_PROXY.',
      })
    if (said.length > 0) return said
    const says =
      believed === false
        ? 'a forged X-Forwarded-For is not believed'
        : 'whether a forged address is believed was not tried'
    return [{ check, is: 'ok', says }]
  },
}

/** By a wrong sign-in to an account that nobody has. The address is for documentation alone (RFC 5737). */
async function believesAForgedAddress(
  baseUrl: string,
  isThere: (key: string) => Promise<boolean>,
): Promise<boolean | undefined> {
  const forged = `203.0.113.${randomInt(1, 255)}`
  const key = `address:${forged}`
  if (await isThere(key)) return undefined // of an earlier look, and tells nothing now
  const fields = {
    email: `doctor.${newId()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')}@example.com`,
    password: newId(),
  }
  const answer = await ask(`${baseUrl}/sign-in`, {
    method: 'POST',
    headers: { Origin: baseUrl, 'X-Forwarded-For': forged },
    body: new URLSearchParams(fields),
  }).catch(() => undefined) // whether the site answers is another check
  return answer ? isThere(key) : undefined
}
