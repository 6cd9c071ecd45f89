import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { OpenidSite, TestClient } from './openid.ts'

// What an app sends, by hand: for what a careful library wouldn't send or would hide.

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
export type Said = { status: number; headers: Headers; json: Record<string, unknown> }

const spelt = (text: string) => encodeURIComponent(text)
/** RFC 6749 section 2.3.1. */
export const basic = ({ name, secret }: Pick<TestClient, 'name' | 'secret'>) => ({
  Authorization: `Basic ${Buffer.from(`${spelt(name)}:${spelt(secret)}`).toString('base64')}`,
})

/** The path that an app without PKCE leads to, with `more` in place of what is usual. Undefined leaves a parameter out. */
export function authorizing(
  { name, redirect }: Pick<TestClient, 'name' | 'redirect'>,
  more: Record<string, string | undefined> = {},
): string {
  const usual = { client_id: name, redirect_uri: redirect, response_type: 'code', scope: 'openid' }
  const params = { ...usual, state: randomUUID(), nonce: randomUUID(), ...more }
  const said = Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return `/oauth/authorize?${new URLSearchParams(said)}`
}

/** A form that a program posts. */
export async function posted(
  { fetch }: Pick<OpenidSite, 'fetch'>,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Said> {
  const body = new URLSearchParams(fields).toString()
  return saidBy(await fetch(`https://latchkey.test${path}`, { method: 'POST', headers: { ...FORM, ...headers }, body }))
}

export async function saidBy(answer: Response): Promise<Said> {
  const text = await answer.text()
  const isJson = /json/.test(answer.headers.get('Content-Type') ?? '')
  return { status: answer.status, headers: answer.headers, json: isJson ? JSON.parse(text) : {} }
}

/** Exchanges a code at the token endpoint, as a client with a secret. */
export const exchanging = (
  site: Pick<OpenidSite, 'fetch'>,
  client: TestClient,
  code: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
) =>
  posted(
    site,
    '/oauth/token',
    { grant_type: 'authorization_code', code, redirect_uri: client.redirect, ...more },
    { ...basic(client), ...headers },
  )

export const refreshing = (
  site: Pick<OpenidSite, 'fetch'>,
  client: TestClient,
  token: string,
  headers: Record<string, string> = {},
) =>
  posted(site, '/oauth/token', { grant_type: 'refresh_token', refresh_token: token }, { ...basic(client), ...headers })

/** What userinfo says to whoever shows the token. */
export const userinfo = async ({ fetch }: Pick<OpenidSite, 'fetch'>, token: unknown, headers = {}): Promise<Said> =>
  saidBy(
    await fetch('https://latchkey.test/oauth/userinfo', { headers: { Authorization: `Bearer ${token}`, ...headers } }),
  )

/** What an ID token says, unverified. */
export const claimsIn = (idToken: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(idToken).split('.')[1] ?? '', 'base64url').toString())
