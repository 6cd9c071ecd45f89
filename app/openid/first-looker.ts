import { createHash } from 'node:crypto'
import type { KoaContextWithOIDC, Provider as Library } from 'oidc-provider'

type Deps = {
  /** The request in hand. */
  current(): KoaContextWithOIDC | undefined
  /** Whether it says that a record is another one by now. */
  isGone(error: unknown): boolean
}

/** Nobody else sees the code of a device any more, or allows it: not who has read it over a shoulder, or looks in the same moment. */
export function firstLooker(library: Library, { current, isGone }: Deps): void {
  const find = library.DeviceCode.findByUserCode.bind(library.DeviceCode)
  library.DeviceCode.findByUserCode = async (...of) => {
    const code = await find(...of)
    const ctx = current()
    if (!ctx || !code) return code
    const looker = lookerOf(ctx)
    const { deviceInfo } = code
    if (deviceInfo?.lookedBy) return deviceInfo.lookedBy === looker ? code : undefined
    Object.assign(code, { deviceInfo: { ...deviceInfo, lookedBy: looker } })
    const isFirst = await code.save().then(
      () => true,
      (error) => {
        if (isGone(error)) return false
        throw error
      },
    )
    return isFirst ? code : library.DeviceCode.findByUserCode(...of)
  }
}

/** Whose browser looks at the code of a device. */
const lookerOf = ({ oidc }: KoaContextWithOIDC): string =>
  createHash('sha256')
    .update(oidc.session?.jti ?? '')
    .digest('base64url')
