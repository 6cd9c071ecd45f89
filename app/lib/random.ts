import { randomFillSync } from 'node:crypto'
import { generateRandomString } from '@oslojs/crypto/random'

const drawn = new Uint8Array(1024)
let used = drawn.length

/** Oslo asks for one byte at a time, and each call into OpenSSL costs more than the byte. What is handed out is forgotten. */
function read(bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) {
    if (used === drawn.length) {
      randomFillSync(drawn)
      used = 0
    }
    bytes[index] = drawn[used] ?? 0
    drawn[used++] = 0
  }
}

/** So many characters of the alphabet, each as likely as any other. */
export const randomString = (alphabet: string, length: number): string =>
  generateRandomString({ read }, alphabet, length)
