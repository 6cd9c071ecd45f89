import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { BEHIND_PROXY, entering, joining, withApp } from '#testing/gate.ts'
import { latchkey, SESSIONS_PAGE, signedInBrowser, signedUp } from '#testing/index.ts'
import { deleteApp } from '../gate/apps.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { appsNow, READ } from './activity.ts'

const product = await latchkey(BEHIND_PROXY)
const { clock } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

const linksOn = (html: string) => [...html.matchAll(/<a class="button" href="(https:[^"]+)">/g)].map(([, href]) => href)

describe('the dashboard', () => {
  test('links to the first host of each app that a person may open, once, and to no other', async () => {
    const app = await withApp(product, { hosts: ['z-first.example.test', 'a-second.example.test'] })
    const other = await withApp(product)
    const shared = await withApp(product, { groups: [app.group, 'also-friends'] })
    const { browser, email } = await signedUp(product)
    for (const group of [app.group, 'also-friends']) await joining(product, email, group)
    const { html } = await browser.get('/')
    assert.deepEqual(linksOn(html).sort(), [`https://${shared.host}/`, 'https://z-first.example.test/'].sort())
    assert.ok(!html.includes(other.host), 'in none of its groups')
  })

  test('has it until the membership ends, to the millisecond', async () => {
    const app = await withApp(product)
    const { browser, email } = await signedUp(product)
    await joining(product, email, app.group, new Date(clock.now().getTime() + 1000))
    clock.advance(999)
    assert.equal(linksOn((await browser.get('/')).html).length, 1)
    clock.advance(1)
    assert.equal(linksOn((await browser.get('/')).html).length, 0)
  })

  test('lists fifty apps by title, each once, none of them closed, and says so if there are more', async () => {
    const { browser, email } = await signedUp(product)
    const tenMinutes = new Date(clock.now().getTime() + 600_000)
    const groups = ['ends-first', 'ends-later']
    const host = (number: number) => `${String(number).padStart(3, '0')}.example.test`
    const last = await withApp(product, { title: 'The last', hosts: [host(51)], groups })
    for (let number = 50; number > 0; number--)
      await withApp(product, { title: `App ${host(number)}`, hosts: [host(number)], groups })
    await withApp(product, { title: 'A closed one', groups: ['ends-first'] })
    await joining(product, email, 'ends-first', new Date(tenMinutes.getTime() - 1))
    await joining(product, email, 'ends-later', tenMinutes)
    clock.advance(600_000 - 1)
    const fifty = Array.from({ length: 50 }, (_, index) => `https://${host(index + 1)}/`)
    const shown = async () => {
      const { html, text } = await browser.get('/')
      return [linksOn(html), /You can open more\./.test(text)]
    }
    assert.deepEqual(await shown(), [fifty, true])
    await deleteApp(product.deps, last.name, { operatorId: null, reason: 'Gone.', origin: COMMAND_LINE })
    assert.deepEqual(await shown(), [fifty, false])
  })

  test('says that there may be more where most of those that it read have closed since midnight', () => {
    const now = clock.now()
    const found = (many: number) =>
      Array.from({ length: many }, (_, index) => ({
        title: `App ${index}`,
        host: `${index}.test`,
        until: index < 60 ? now : null,
      }))
    const shown = (many: number) => {
      const { apps, more } = appsNow({ apps: found(many) }, now)
      return [apps.map(({ host }) => host), more]
    }
    const open = Array.from({ length: 40 }, (_, index) => `${60 + index}.test`)
    assert.deepEqual(shown(READ.apps), [open, true])
    assert.deepEqual(shown(READ.apps - 1), [open.slice(0, -1), false])
  })

  test('has no word of apps where there is none to open', async () => {
    await withApp(product, { groups: [] })
    const { browser } = await signedUp(product)
    assert.doesNotMatch((await browser.get('/')).text, /Your apps/)
  })
})

describe('the list of sessions', () => {
  test('names what each session has opened, each app once, and nothing of another account’s', async () => {
    const app = await withApp(product, { hosts: ['one.example.test', 'two.example.test'] })
    const { browser, email } = await signedUp(product)
    await joining(product, email, app.group)
    const other = await signedInBrowser(product, email)
    const theirs = await signedUp(product)
    await joining(product, theirs.email, app.group)
    await entering(product, theirs.browser, 'https://one.example.test/')
    assert.doesNotMatch((await browser.get(SESSIONS_PAGE)).text, /Apps opened/)
    for (const host of app.hosts) await entering(product, other, `https://${host}/`)
    const { text } = await browser.get(SESSIONS_PAGE)
    assert.equal(text.match(/Apps opened/g)?.length, 1, 'of the other session')
    assert.match(text, /Apps opened: Photos /)
    assert.doesNotMatch(text, /Photos, Photos/)
  })
})
