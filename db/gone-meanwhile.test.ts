import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from 'drizzle-orm'
import { securityEvent } from '#app/identity/security-events.ts'
import { newId } from '#app/lib/tokens.ts'
import { writeNotices } from '#app/mail/mailing.ts'
import { accounts, events, mailLinks, mails } from '#db/schema.ts'
import { accountOf, confirmedAccount, latchkey } from '#testing/index.ts'

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

test('what is still written for an account that was deleted meanwhile is left out, and nothing fails', async () => {
  const product = await latchkey({ smtpUrl: 'smtp://localhost:1', signUps: 'open' })
  const { clock, database, deps } = product
  const { db } = database
  const { id: accountId } = await accountOf(product, await confirmedAccount(product))
  const event = (kind: 'password_wrong' | 'recovery_codes_downloaded') =>
    securityEvent(kind, accountId, ORIGIN, clock.now())
  await db.delete(mails)
  await deps.signIns.record(event('password_wrong'))
  await db.update(events).set({ notice: 'due' })

  const gone = () => db.delete(accounts).where(eq(accounts.id, accountId))
  const dueNotices = async (limit: number) => {
    const due = await deps.mailing.dueNotices(limit)
    await gone()
    return due
  }
  await writeNotices({ ...deps, mailing: { ...deps.mailing, dueNotices } })
  const before = await db.select().from(events)
  assert.ok(before.length > 0 && before.every(({ notice }) => notice === null), 'no notice is due')

  await deps.signIns.record(event('password_wrong'))
  await deps.recoveryCodes.recordDownload(event('recovery_codes_downloaded'))
  const [id, createdAt] = [newId(), clock.now()]
  await deps.accounts.queueMail({ id, accountId, sealed: 'sealed', createdAt, nextAttemptAtMs: createdAt.getTime() })
  assert.deepEqual(await db.select().from(events), before)
  for (const table of [mails, mailLinks]) assert.deepEqual(await db.select().from(table), [])
  await product.close()
})
