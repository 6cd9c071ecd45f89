import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Hono } from 'hono'
import { latchkey, SESSION, signedUp } from '#testing/index.ts'
import type { AppEnv } from '../http/env.ts'
import * as guards from './guards.ts'

const product = await latchkey()
after(product.close)
const { signedInPages, sessionAlone } = guards

/** Never called: that it compiles is the test. Where a line below it is no error any more, the types are refused. */
export function doesNotCompile(deps: guards.GuardDeps) {
  // @ts-expect-error: a route of an app without the guard has no session
  new Hono<AppEnv>().get('/', (c) => c.text(c.var.session.email))
  const put = (pages: guards.SignedInPages) => void pages.get('/', (c) => c.text(c.var.session.email))
  // @ts-expect-error: pages that need a session can't be put into such an app
  put(new Hono<AppEnv>())
  // @ts-expect-error: which pages are meant for which standing has to be said
  signedInPages(deps, { view: sessionAlone }, put)
  // @ts-expect-error: what nobody has read is not there to be shown
  const tokens = (pages: guards.SignedInPages) => void pages.get('/', (c) => c.json(c.var.session.tokens))
  signedInPages(deps, { deed: 'anything', view: sessionAlone }, tokens)
  // @ts-expect-error: what comes out is an app as any other, to which no page can be added behind the guard's back
  signedInPages(deps, { deed: 'anything', view: sessionAlone }, put).get('/more', (c) => c.text(c.var.session.email))
  // @ts-expect-error: no other file can make an app that has a session, for the type of its requests is not to be had
  new Hono<guards.SignedInEnv>()
}

test('a guard reads who is there once for a page, and once for a page below it that has a guard of its own', async () => {
  const { browser } = await signedUp(product)
  const { find } = product.deps.sessions
  let reads = 0
  product.deps.sessions.find = (hash) => {
    reads++
    return find(hash)
  }
  for (const path of ['/settings/account', '/settings/email', '/settings/email/change', '/settings/password']) {
    reads = 0
    assert.equal((await browser.get(path)).status, 200, path)
    assert.equal(reads, 1, path)
  }
  product.deps.sessions.find = find
  assert.ok(browser.cookies.has(SESSION), 'is still signed in')
})
