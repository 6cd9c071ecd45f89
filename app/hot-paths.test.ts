import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { dialect } from '#db/columns.ts'
import { mailLinks } from '#db/schema.ts'
import {
  adding,
  BASE_URL,
  type Browser,
  codeOf,
  enrolling,
  latchkey,
  newEmail,
  owingCode,
  PASSWORD,
  replacing,
  SESSIONS_PAGE,
  signedInWith,
  signedUp,
  TOKENS_PAGE,
  testDatabase,
  tokenFields,
  viewingCodes,
  withAnother,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { statementsOf } from '#testing/statements.ts'
import { passwordAttempts, resetMails } from './identity/limits.ts'
import { hashToken } from './lib/tokens.ts'
import { runMailing } from './mail/mailing.ts'

const database = await testDatabase()
const statements = dialect === 'sqlite' ? statementsOf(database) : undefined
const mailFolder = mkdtempSync(join(tmpdir(), 'latchkey-mail-'))
const product = await latchkey({ mailFolder }, { database })
after(async () => {
  await product.close()
  rmSync(mailFolder, { recursive: true })
})

const SECURITY = '/settings/two-factor'
/** Every page for a signed-in person, from the route table, so a new one is among them. */
const PAGES = [...new Set(product.app.routes.filter(isPage).map(({ path }) => path))].sort()

function isPage({ method, path }: { method: string; path: string }) {
  return method === 'GET' && /^\/((settings|gate)\b.*)?$/.test(path) && !path.includes('*')
}

let browser: Browser
const ran: string[] = []
/** Everything that people do, so every statement of a request has run once. */
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
  for (const path of PAGES) await browser.get(path.replace(':id', 'nothing'))
  await product.deps.passwordResets.resetPassword({
    ...{
      accountId: account,
      tokenHash,
      passwordHash: 'x',
      knownBy: [],
      now,
      event: event(account),
      frozen: event(account),
    },
    ...{ forgivenBeginnings: [passwordAttempts(owner.email)], forgiven: { delays: [] } },
  })
  const { browser: worried } = await withTwoFactor(product)
  await worried.post('/settings/password', { current: PASSWORD, new: 'another kettle marches south' })
  await worried.post(`${SESSIONS_PAGE}/everything`)
  ran.push(...(statements?.take() ?? []))
})

const event = (accountId: number) =>
  ({ id: `${Math.random()}`, accountId, kind: 'password_reset', at: new Date(0), address: '', browser: '' }) as never

/** A write that no page depends on. */
const write = () => product.deps.limits.charge({ budget: resetMails(newEmail()) }, product.clock.now().getTime())

if (statements) {
  describe('a page of somebody who is signed in is one read of the database', () => {
    const shown = new Set<string>()

    /** Each page after a write, so no kept answer is still good. The ids are those of what the visitor has. */
    const assertOneRead = async (visitor: Browser, ids: string[]) => {
      for (const page of PAGES)
        for (const path of page.includes(':id') ? ids.map((id) => page.replace(':id', id)) : [page]) {
          await write()
          statements.take()
          const { status } = await visitor.get(page.endsWith('/remove') ? `${path}?ids=${ids[0]}` : path)
          const asked = statements.take()
          assert.ok(asked.length === 1 || (asked.length === 0 && status === 303), `${path}\n${asked.join('\n')}`)
          for (const text of asked) assert.match(text, /from "sessions" inner join "accounts"/)
          if (status === 200) shown.add(page)
        }
    }

    test('with the second factor on, and everything there is to see', async () => {
      const { browser: visitor } = await withTwoFactor(product)
      const { id: token } = await withToken(product, visitor)
      await visitor.post(`${TOKENS_PAGE}/generate/confirm`, { ...tokenFields(product), password: PASSWORD })
      await replacing(visitor)
      await viewingCodes(visitor)
      await assertOneRead(visitor, [token])
      const { id: authenticator } = await withAnother(product, visitor)
      await adding(visitor)
      await assertOneRead(visitor, [token, authenticator])
    })

    test('with the second factor off, and a set-up begun', async () => {
      const { browser: visitor } = await signedUp(product)
      await assertOneRead(visitor, ['nothing'])
      await enrolling(product, visitor)
      await assertOneRead(visitor, ['nothing'])
    })

    test('each was seen, but for those that only lead somewhere else', () => {
      const leading = PAGES.filter((page) => !shown.has(page))
      assert.deepEqual(leading, [
        '/gate/enter',
        '/settings',
        ...['/others', '/trusted', '/trusted/all'].map((path) => `${SESSIONS_PAGE}${path}`),
        ...['/generate/back', '/generate/confirm', '/release', '/value/download'].map(
          (path) => `${TOKENS_PAGE}${path}`,
        ),
      ])
    })
  })

  test('what is asked again is read again only after a write', async () => {
    const { browser: visitor } = await withTwoFactor(product)
    const reads = async () => {
      statements.take()
      await visitor.get('/settings/account')
      return statements.take().length
    }
    assert.deepEqual([await reads(), await reads(), await reads()], [1, 0, 0])
    await write()
    assert.deepEqual([await reads(), await reads()], [1, 0])
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
              /^SCAN (?!CONSTANT|\d+-ROW VALUES|list$)/.test(step) &&
              !(/USING .*INDEX/.test(step) && / limit \?/.test(text)),
          )
          .map((step) => `${step}: ${text}`),
      )
      assert.deepEqual(scans, [])
    })

    test('what an account did last is read in the order of an index, not sorted', () => {
      const lists = [...new Set(ran)].filter((text) =>
        /from "events" where .*"account_id" = .*order by.*limit/.test(text),
      )
      assert.ok(lists.length >= 2)
      for (const text of lists)
        assert.match(
          statements.plan(text).join(),
          /USING INDEX events_account_at/,
          `${text}\n${statements.plan(text).join('\n')}`,
        )
    })
  })
}

test('all failures of one email are one range of the limits, on any database in the order of bytes', async () => {
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
