import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema.ts'
import { latchkey, SESSION, withTwoFactor } from '#testing/index.ts'
import { withPasskey } from '#testing/passkeys.ts'
import { currentVisitor } from '../identity/session.ts'
import { missingFor } from './check.ts'

const product = await latchkey()
after(product.close)
const { clock, database, deps } = product

test('an app that asks for what resists phishing opens by a passkey that the session has shown, as lately as it asks (K10, K11)', async () => {
  const missing = async (token: string | undefined, maxAge: number | null = null) => {
    const visitor = await currentVisitor(deps, token ?? '')
    assert.ok(visitor, 'signed in')
    return missingFor({ level: 'phishing_resistant', maxAge }, visitor, clock.now())
  }
  const app = await withTwoFactor(product)
  assert.equal(await missing(app.browser.cookies.get(SESSION)), 'add_resistant', 'a code is not enough')
  const token = (await withPasskey(product)).browser.cookies.get(SESSION)
  assert.equal(await missing(token), undefined)
  assert.equal(await missing(token, 60), undefined)
  clock.advance(61_000)
  assert.equal(await missing(token, 60), 'resistant', 'too long ago')
  const visitor = await currentVisitor(deps, token ?? '')
  for (const method of ['authenticator', 'recovery_code', 'trusted_browser'] as const) {
    const weaker = { method, resistedAt: null, provedAt: clock.now() }
    await database.db
      .update(sessions)
      .set(weaker)
      .where(eq(sessions.id, visitor?.session.id ?? ''))
    assert.equal(await missing(token), 'resistant', method)
  }
})
