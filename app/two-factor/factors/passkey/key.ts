import { createPublicKey, type JsonWebKey } from 'node:crypto'

/** COSE algorithms that are offered, the best first: Ed25519, ECDSA with P-256, RSA with SHA-256. */
export const ALGORITHMS = [-8, -7, -257]

// Labels of COSE keys (RFC 9053, section 7; RFC 8230, section 4).
const [KTY, ALG, CRV, X, Y, N, E] = [1, 3, -1, -2, -3, -1, -2]
const [OKP, EC2, RSA] = [1, 2, 3]
const [P_256, ED25519] = [1, 6]
const [RSA_AT_LEAST, RSA_AT_MOST, EXPONENT_AT_MOST] = [256, 512, 4] // bytes

/** Whether signatures can be verified with it, in good time: a kind that is offered, and a point on its curve. */
export function isUsable(key: ReadonlyMap<number, unknown>): boolean {
  const jwk = asJwk(key)
  if (!jwk) return false
  try {
    createPublicKey({ format: 'jwk', key: jwk })
    return true
  } catch {
    return false
  }
}

function asJwk(key: ReadonlyMap<number, unknown>): JsonWebKey | undefined {
  const bytes = (label: number, atLeast: number, atMost = atLeast) => {
    const value = key.get(label)
    const isIt = value instanceof Uint8Array && value.length >= atLeast && value.length <= atMost
    return isIt ? Buffer.from(value).toString('base64url') : undefined
  }
  const is = (alg: number, kty: number, crv?: number) =>
    key.get(ALG) === alg && key.get(KTY) === kty && (crv === undefined || key.get(CRV) === crv)
  const [x, y] = [bytes(X, 32), bytes(Y, 32)]
  if (is(-8, OKP, ED25519)) return x ? { kty: 'OKP', crv: 'Ed25519', x } : undefined
  if (is(-7, EC2, P_256)) return x && y ? { kty: 'EC', crv: 'P-256', x, y } : undefined
  const [n, e] = [bytes(N, RSA_AT_LEAST, RSA_AT_MOST), bytes(E, 1, EXPONENT_AT_MOST)]
  return is(-257, RSA) && n && e ? { kty: 'RSA', n, e } : undefined
}
