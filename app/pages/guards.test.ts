import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createRoute } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { latchkey, SESSION, signedUp } from '#testing/index.ts'
import { holderAlone, type VisitorDeps } from '../api/bearer.ts'
import { apiRouter, forAnybody, forScope, forSessions, noContent } from '../api/v1/operation.ts'
import type { AppEnv } from '../http/env.ts'
import { visitorAlone } from '../identity/session.ts'
import * as guards from './guards.ts'

const product = await latchkey()
after(product.close)
const { signedInPages } = guards

// Never called: that they compile is the test. Where a line below them is no error any more, the types are refused.

export function doesNotCompile(deps: guards.GuardDeps) {
  // @ts-expect-error: a route of an app without the guard has no visitor
  new Hono<AppEnv>().get('/', (c) => c.text(c.var.visitor.account.email))
  const put = (pages: guards.SignedInPages) => void pages.get('/', (c) => c.text(c.var.visitor.account.email))
  // @ts-expect-error: pages that need a visitor can't be put into such an app
  put(new Hono<AppEnv>())
  // @ts-expect-error: which pages are meant for which standing has to be said
  signedInPages(deps, { view: visitorAlone }, put)
  // @ts-expect-error: what nobody has read is not there to be shown
  const tokens = (pages: guards.SignedInPages) => void pages.get('/', (c) => c.json(c.var.visitor.tokens))
  signedInPages(deps, { deed: 'anything', view: visitorAlone }, tokens)
  const app = signedInPages(deps, { deed: 'anything', view: visitorAlone }, put)
  // @ts-expect-error: what comes out is an app as any other, to which no page can be added behind the guard's back
  app.get('/more', (c) => c.text(c.var.visitor.account.email))
  // @ts-expect-error: no other file can make an app that has a visitor, for the type of its requests is not to be had
  new Hono<guards.SignedInEnv>()
}

export function doesNotCompileInTheApi(deps: VisitorDeps) {
  const route = { method: 'get', path: '/', responses: { 204: noContent } } as const
  const free = { ...route, ...forAnybody().route }
  // @ts-expect-error: a route without a guard has no visitor
  apiRouter().openapi(createRoute(free), (c) => c.text(c.var.visitor.account.email))
  const sessions = { ...route, ...forSessions(deps, { deed: 'anything', view: visitorAlone }).route }
  apiRouter().openapi(createRoute(sessions), (c) => c.text(c.var.visitor.session.id))
  // @ts-expect-error: what nobody has read is not there to be answered
  apiRouter().openapi(createRoute(sessions), (c) => c.json(c.var.visitor.tokens))
  const seen = { scope: 'sessions:read', deed: 'leave', view: visitorAlone, ofToken: holderAlone } as const
  const scoped = { ...route, ...forScope(deps, seen).route }
  apiRouter().openapi(createRoute(scoped), (c) => c.text(c.var.visitor.account.email))
  // @ts-expect-error: behind a scope there may be a token, which has no session
  apiRouter().openapi(createRoute(scoped), (c) => c.text(c.var.visitor.session.id))
  // @ts-expect-error: nor is of its account read what only its owner sees
  apiRouter().openapi(createRoute(scoped), (c) => c.json(c.var.visitor.account.recoveryCodesLeft))
  // @ts-expect-error: which standing a route is meant for has to be said
  forSessions(deps, { view: visitorAlone })
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
