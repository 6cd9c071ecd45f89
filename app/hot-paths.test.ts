import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { dialect } from '#db/columns.ts'
import { mailLinks } from '#db/schema.ts'
import { hashToken } from './lib/tokens.ts'
import { passwordAttempts, resetMails } from './limits.ts'
import { runMailing } from './mail/mailing.ts'
import { statementsOf } from './testing/statements.ts'
import {
  BASE_URL,
  type Browser,
  codeOf,
  latchkey,
  newEmail,
  owingCode,
  PASSWORD,
  replacing,
  SESSIONS_PAGE,
  signedInWith,
  TOKENS_PAGE,
  testDatabase,
  viewingCodes,
  withAnother,
  withToken,
  withTwoFactor,
} from './testing.ts'

const database = await testDatabase()
const statements = dialect === 'sqlite' ? statementsOf(database) : undefined
const mailFolder = mkdtempSync(join(tmpdir(), 'latchkey-mail-'))
const product = await latchkey({ mailFolder }, { database })
after(async () => {
  await product.close()
  rmSync(mailFolder, { recursive: true })
})

const SECURITY = '/settings/two-factor'
/** What each page asks the database for besides who is signed in. */
const PAGES: Record<string, number> = {
  '/settings/account': 0,
  '/settings/password': 0,
  '/settings/email': 0,
  [`${SECURITY}/disable`]: 0,
  '/': 1, // the last sign-ins
  '/settings/activity': 1, // its events
  [SESSIONS_PAGE]: 2, // sessions, trusted browsers
  [TOKENS_PAGE]: 2, // tokens, whether they are frozen
  [`${SECURITY}/authenticators`]: 1,
}

let browser: Browser
const ran: string[] = []
/** Everything that people do, so that every statement of a request has run once. */
before(async () => {
  const owner = await withTwoFactor(product)
  browser = owner.browser
  const { value } = await withToken(product, browser)
  await product.app.request('/api/v1/account', {
    headers: { Host: new URL(BASE_URL).host, Authorization: `Bearer ${value}` },
  })
  await replacing(browser)
  const another = await withAnother(product, browser)
  await browser.post(`${SECURITY}/authenticators/${another.id}/remove`, { password: PASSWORD })
  await viewingCodes(browser)
  const stranger = await owingCode(product, owner.email, { address: '192.0.2.9' })
  await stranger.post('/sign-in/two-factor', { code: '000000' })
  await stranger.post('/sign-in/two-factor', { code: codeOf(owner.key, product.clock.now()) })
  await stranger.post('/sign-out')
  await signedInWith(product, owner.email, owner.codes[0] ?? '')
  await product.browser().post('/sign-in', { email: newEmail(), password: PASSWORD })
  await product.browser().post('/reset-password', { email: owner.email })
  await runMailing(product.deps, { report: () => {} })
  const account = (await product.deps.accounts.ownerOf(owner.email))?.id ?? 0
  const [now, tokenHash] = [product.clock.now(), hashToken('x')]
  const expiresAt = new Date(now.getTime() + 1000)
  await database.db
    .insert(mailLinks)
    .values({ tokenHash, accountId: account, purpose: 'reset_password', createdAt: now, expiresAt })
  await product.deps.limits.charge({ budget: resetMails(owner.email) }, product.clock.now().getTime())
  for (const path of Object.keys(PAGES)) await browser.get(path)
  await product.deps.passwordResets.resetPassword({
    ...{ accountId: account, tokenHash, passwordHash: 'x', now, event: event(account), frozen: event(account) },
    ...{ forgivenBeginning: passwordAttempts(owner.email), forgiven: { delays: [] } },
  })
  const { browser: worried } = await withTwoFactor(product)
  await worried.post('/settings/password', { current: PASSWORD, new: 'another kettle marches south' })
  await worried.post(`${SESSIONS_PAGE}/everything`)
  ran.push(...(statements?.take() ?? []))
})

const event = (accountId: number) =>
  ({ id: `${Math.random()}`, accountId, kind: 'password_reset', at: new Date(0), address: '', browser: '' }) as never

if (statements) {
  describe('a page asks the database', () => {
    for (const [path, besides] of Object.entries(PAGES))
      test(`${path}: who is signed in${besides > 0 ? `, and ${besides} more` : ', and nothing else'}`, async () => {
        const { browser: visitor } = await withTwoFactor(product)
        statements.take()
        const { status } = await visitor.get(path)
        const asked = statements.take()
        assert.ok([200, 303].includes(status), `${path} answered ${status}`)
        assert.equal(asked.length, 1 + besides, asked.join('\n'))
        assert.match(asked[0] ?? '', /from "sessions" inner join "accounts"/)
      })
  })

  describe('at a million accounts', () => {
    test('no statement of a request reads a table from end to end', () => {
      const texts = [...new Set(ran)].filter((text) => /^(select|insert|update|delete|with)/i.test(text))
      assert.ok(texts.length > 60, `${texts.length} statements ran`)
      const scans = texts.flatMap((text) =>
        statements
          .plan(text)
          // In the order of an index and with a limit, it stops after a few rows.
          .filter(
            (step) =>
              /^SCAN (?!CONSTANT|\d+-ROW VALUES)/.test(step) && !(/USING .*INDEX/.test(step) && / limit \?/.test(text)),
          )
          .map((step) => `${step}: ${text}`),
      )
      assert.deepEqual(scans, [])
    })

    test('what an account did last is read in the order of an index, not sorted', () => {
      const lists = [...new Set(ran)].filter((text) =>
        /from "events" where .*"account_id" = \?.*order by.*limit/.test(text),
      )
      assert.ok(lists.length >= 2)
      for (const text of lists) assert.match(statements.plan(text).join(), /USING INDEX events_account_at/)
    })
  })
}

test('all failures of one e-mail are one range of the limits, on any database in the order of bytes', async () => {
  const { db } = database
  if (dialect === 'postgres') {
    const { rows } = (await (db as unknown as { execute(query: unknown): Promise<unknown> }).execute(
      sql`select c.collname from pg_attribute a join pg_collation c on c.oid = a.attcollation
        where a.attrelid = 'limits'::regclass and a.attname = 'key'`,
    )) as { rows: { collname: string }[] }
    assert.deepEqual(rows, [{ collname: 'C' }])
  } else {
    const range = ran.find((text) => text.startsWith('delete from "limits"') && text.includes('>='))
    assert.ok(range)
    assert.match(statements?.plan(range).join() ?? '', /SEARCH limits USING (COVERING )?INDEX .*key>\? AND key<\?/)
  }
})
