import { randomBytes } from 'node:crypto'
import { createVault } from '#app/lib/vault.ts'
import { browser, type From } from './browser.ts'
import { sharedDatabase } from './databases.ts'
import { BASE_URL } from './names.ts'
import { type Latchkey, latchkey } from './product.ts'
import { byHttp } from './transport.ts'

const HALF_A_MINUTE = 30_000

/**
 * A database on disk or on the server, with keys, for processes that start with `environment`, and the product over the same
 * database, whose browsers ask whoever listens at `port()`. Its clock is half a minute ahead, so among the codes of stories the
 * previous step's is the present one, which lasts longer than any story.
 */
export async function remoteProduct(port: () => number) {
  const database = await sharedDatabase()
  const key = randomBytes(32)
  const local = await latchkey(
    {},
    {
      database,
      vault: createVault([{ id: 't1', key }]),
      clock: { now: () => new Date(Date.now() + HALF_A_MINUTE), advance: () => {} },
    },
  )
  const carry = byHttp(port)
  const product: Latchkey = { ...local, carry, browser: (of: From = {}) => browser(carry, of) }
  return {
    product,
    database,
    environment: {
      DATABASE_URL: database.url,
      LATCHKEY_KEYS: `t1:${key.toString('base64')}`,
      BASE_URL,
      SIGN_UP: 'open',
      TRUST_PROXY: '127.0.0.1',
      RATE_LIMIT_PER_ADDRESS: '0',
      PASSWORD_MIN_LENGTH: '15',
    },
    close: () => database.close(),
  }
}
