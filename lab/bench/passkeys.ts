import { performance } from 'node:perf_hooks'
import { passkeyKind } from '../../app/two-factor/factors/passkey/wire.ts'
import { BASE_URL } from '../../testing/names.ts'
import { softwareAuthenticator } from '../../testing/software-authenticator.ts'

const WARM_UP = 50
const MEASURED = 300
const HANDLE = 'aGFuZGxl'

/** Milliseconds that the main thread works to verify an answer of a passkey, for each of so many. What other threads do isn't in them. */
export async function passkeysVerified(): Promise<number[]> {
  const kind = passkeyKind({ issuer: 'Latchkey', baseUrl: BASE_URL })
  const device = softwareAuthenticator()
  const [begun, now] = [kind.begin(), new Date()]
  const of = { begun, userHandle: HANDLE, email: 'ada@example.com', displayName: null, others: [] }
  const first = kind.read({ passkey: device.register(kind.askToRegister(of)) })
  const enrolled = await first?.enrol({ begun, before: null, now, isInUse: async () => false })
  if (!enrolled?.ok) throw new Error('The passkey was refused.')
  const { secret, counter, credentialId = null } = enrolled.proven
  const asked = {
    ...{ accountId: 1, now, challenges: () => ['asked'], userHandle: async () => HANDLE },
    factors: async () => [{ id: '1', secret, counter, credentialId }],
  }
  const times: number[] = []
  for (let answer = 0; answer < WARM_UP + MEASURED; answer++) {
    const passkey = device.sign(kind.askAlone('asked'))
    const before = performance.eventLoopUtilization()
    const judged = await kind.readAlone({ passkey })?.judge(asked)
    const { active } = performance.eventLoopUtilization(before)
    if (!judged?.ok) throw new Error('An answer was refused.')
    if (answer >= WARM_UP) times.push(active)
  }
  return times
}
