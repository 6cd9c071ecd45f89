import assert from 'node:assert/strict'
import { hintOf, newAccessToken } from '../../../app/access-tokens/token.ts'
import { securityEvent } from '../../../app/identity/security-events.ts'
import { hashToken, newId } from '../../../app/lib/tokens.ts'
import { accessTokens, events } from '../../../db/schema.ts'
import { codeOf } from '../../../testing/authenticator.ts'
import { codeAnswered, type Person, passwordLeads } from './people.ts'
import type { World } from './world.ts'

// Tries what a person holds on the running server.

export const TWO_FACTOR = '/sign-in/two-factor'

/** The codes of this step and the next one. Both work until both steps are over. */
export const codeNow = (key: string): string => codeOf(key, new Date())
export const codeNext = (key: string): string => codeOf(key, new Date(), 1)

export async function letsIn(world: World, person: Person, code = '') {
  assert.ok((await codeAnswered(world, person, code)).letsIn, `${code} lets in`)
}

export async function refuses(world: World, person: Person, code = '') {
  assert.ok(!(await codeAnswered(world, person, code)).letsIn, `${code} is refused`)
}

export async function onlyPassword(world: World, person: Person, { right, wrong }: { right: string; wrong: string }) {
  assert.equal(await passwordLeads(world, person, right), TWO_FACTOR)
  assert.equal(await passwordLeads(world, person, wrong), undefined)
}

export const tokensOf = async ({ db }: World, { id }: Person) =>
  (await db.select().from(accessTokens)).filter(({ accountId }) => accountId === id)

export async function writeToken({ db }: World, { id: accountId }: Person, expiresAt: Date | null = null) {
  const value = newAccessToken()
  const id = newId()
  const token = { id, accountId, tokenHash: hashToken(value), hint: hintOf(value), description: 'Backup' }
  await db.insert(accessTokens).values({ ...token, scopes: 'account:read', createdAt: new Date(), expiresAt })
  const origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
  await db.insert(events).values(securityEvent('token_generated', accountId, origin, new Date()))
  return { id, value }
}

export async function opens(world: World, token: string, status: 200 | 401 | 403) {
  const answer = await world.browser().get('/api/v1/account', { Authorization: `Bearer ${token}` })
  assert.equal(answer.status, status, 'what an access token opens')
}
