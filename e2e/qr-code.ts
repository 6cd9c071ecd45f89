import jsqr from 'jsqr'
import type { Locator } from 'playwright/test'
import { PNG } from 'pngjs'

/** What a phone's camera reads from the screen: only dark modules on a light ground count, as for most scanners. */
export async function readQrCode(image: Locator): Promise<string> {
  const { data, width, height } = PNG.sync.read(await image.screenshot())
  const decoded = jsqr.default(new Uint8ClampedArray(data), width, height, { inversionAttempts: 'dontInvert' })
  if (!decoded) throw new Error(`No QR code can be read from the ${width} × ${height} pixels of the picture.`)
  return decoded.data
}
