import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { events } from '#db/schema.ts'
import { accountOf, latchkey, operator, signedUp } from '#testing/index.ts'
import { newId } from '../lib/tokens.ts'
import { LOOKED_AT } from './event-log.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
const { browser, email: own } = await operator(product)
const log = (query: Record<string, string> = {}) => browser.get(`/operate/log?${new URLSearchParams(query)}`)

describe('the log of all accounts', () => {
  test('shows what happened on any of them, newest first', async () => {
    const { email } = await signedUp(product)
    const { text } = await log()
    assert.ok(text.indexOf(email) < text.indexOf(own), 'the newer account comes first')
    assert.match(text, /Account created/)
  })

  test('is filtered by account, in whatever way its name is typed', async () => {
    const { email } = await signedUp(product)
    const { username } = await accountOf(product, email)
    for (const account of [email, ` ${email.toUpperCase()} `, username, username.toUpperCase()]) {
      const { text } = await log({ account })
      assert.ok(text.includes(email) && !text.includes(own), account)
    }
  })

  test('is filtered by kind and by days, both included', async () => {
    const day = clock.now().toISOString().slice(0, 10)
    const list = async (query: Record<string, string>) => (await log(query)).html.split('<ol class="events">')[1] ?? ''
    assert.match(await list({ kind: 'second_factor_on', from: day, to: day }), /turned on/)
    assert.doesNotMatch(await list({ kind: 'second_factor_on' }), /Account created/)
    const later = new Date(clock.now().getTime() + 24 * 60 * 60_000).toISOString().slice(0, 10)
    assert.equal(await list({ from: later }), '')
    assert.equal(await list({ to: '2020-01-01' }), '')
    const { id: accountId } = await accountOf(product, own)
    const [id, at] = [newId(), new Date(`${later}T00:00:00Z`)] // its first moment
    await database.db.insert(events).values({ id, accountId, kind: 'signed_out_everywhere', at, ...ORIGIN })
    assert.match(await list({ from: later }), /<li/)
    assert.equal(await list({ kind: 'signed_out_everywhere', to: day }), '')
    await database.db.delete(events).where(eq(events.id, id))
  })

  test('says in words what is wrong with a filter, and keeps what was typed', async () => {
    const wrong = { kind: 'sneezed', account: 'nobody@example.com', from: '2026-02-30', to: 'tomorrow' }
    const { text, html } = await log(wrong)
    assert.match(text, /no such kind of event/)
    assert.match(text, /There is no account with this email or username\./)
    assert.match(text, /Write the day as in 2026-12-31\./)
    assert.match(html, /value="nobody@example.com"/)
  })

  test('has pages without an end to look at: one search looks at a part, and says where it goes on', async () => {
    const { email } = await signedUp(product)
    const { id: accountId } = await accountOf(product, email)
    const at = new Date(clock.now().getTime() - 60_000)
    const rare = { id: newId(), accountId, kind: 'restored', at: new Date(at.getTime() - 1), ...ORIGIN }
    const many = Array.from({ length: LOOKED_AT }, () => ({
      id: newId(),
      accountId,
      kind: 'signed_out',
      at,
      ...ORIGIN,
    }))
    for (let from = 0; from < many.length; from += 500)
      await database.db.insert(events).values(many.slice(from, from + 500))
    await database.db.insert(events).values(rare)

    const first = await log({ kind: 'restored' })
    assert.match(first.text, /Nothing was found here\./)
    const older = /href="([^"]*before=[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    assert.match((await browser.get(older)).text, /Restored from a backup/)

    const page = await log({ account: email, kind: 'signed_out' })
    assert.equal(page.html.split('<ol class="events">')[1]?.match(/<li/g)?.length, 50)
    assert.match(page.html, /before=/)
  })

  test('is downloaded whole, as CSV or as lines of JSON, and kept by nobody on the way', async () => {
    const lines = async (format: string) => {
      const { status, html, headers } = await browser.get(`/operate/log/export/${format}`)
      assert.deepEqual([status, headers.get('Cache-Control')], [200, 'no-store'])
      assert.match(headers.get('Content-Disposition') ?? '', /^attachment; filename="latchkey-log\.(csv|jsonl)"$/)
      return html.trimEnd().split('\n')
    }
    const [csv, jsonl] = [await lines('csv'), await lines('jsonl')]
    assert.match(csv[0] ?? '', /^id,at,kind,/)
    assert.equal(csv.length, jsonl.length + 1)
    assert.ok(
      jsonl.some((line) => JSON.parse(line).email === own),
      'the operator is in it',
    )
    assert.equal((await browser.get('/operate/log/export/xlsx')).status, 404)
  })

  test('shows what an operator does that is about no account by what it is about', async () => {
    await browser.post('/operate/groups', { name: 'gardeners' })
    assert.match((await log({ kind: 'group_created' })).text, /Group created gardeners By /)
  })

  test('shows an event whose account is deleted without the person', async () => {
    await database.db
      .insert(events)
      .values({ id: newId(), accountId: null, kind: 'signed_up', at: clock.now(), ...ORIGIN })
    assert.match((await log()).text, /A deleted account/)
  })
})
