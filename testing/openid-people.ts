import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema.ts'
import { codeOf } from './authenticator.ts'
import type { Browser } from './browser.ts'
import { addClient, followed, mayUseClients, type OpenidSite, type TestClient } from './openid.ts'
import { authorizing, basic, exchanging, posted } from './openid-requests.ts'
import { withTwoFactor } from './stories.ts'
import { accountOf } from './tables.ts'

export type Member = Awaited<ReturnType<typeof member>>

/** Signed in with a second factor, in the group that every test client is open to. */
export async function member(site: OpenidSite) {
  const of = await withTwoFactor(site)
  await mayUseClients(site, of.email)
  return of
}

/** A client that needs no PKCE, as the simplest apps are. */
export const plainClient = (
  site: Parameters<typeof addClient>[0],
  ...[of, more]: Partial<Tail<Parameters<typeof addClient>>>
) => addClient(site, { needsPkce: 0, ...of }, more)
type Tail<Of> = Of extends [unknown, ...infer Rest] ? Rest : never

/** Where a browser ends up that an app sends here. */
export const sentBy = (browser: Browser, client: TestClient, more: Record<string, string | undefined> = {}) =>
  followed(browser, new URL(authorizing(client, more), 'https://latchkey.test'))

/** The code that an app gets, for the scopes and what else it asks. */
export async function codeFor(browser: Browser, client: TestClient, more: Record<string, string | undefined> = {}) {
  const { at, answer } = await sentBy(browser, client, more)
  const code = at.searchParams.get('code')
  if (!code) throw new Error(`No code at ${at}: ${answer.status} ${answer.text}`)
  return code
}

/** What the page of consent sends with either button. */
export const askedIn = (html: string): { asked: string } => ({
  asked: /name="asked" value="([^"]+)"/.exec(html)?.[1] ?? '',
})

/** Allows what an app asks for, at the page that asks. */
export const allowing = async (browser: Browser) =>
  browser.post('/oauth/enter', askedIn((await browser.get('/oauth/enter')).html))

/** What the token endpoint says to an app that somebody has signed in to. */
export async function tokensFor(
  site: Pick<OpenidSite, 'fetch'>,
  browser: Browser,
  client: TestClient,
  more: Record<string, string | undefined> = {},
) {
  const { status, json } = await exchanging(site, client, await codeFor(browser, client, more))
  if (status !== 200) throw new Error(`No tokens: ${JSON.stringify(json)}`)
  return json as Record<'access_token' | 'id_token' | 'refresh_token' | 'scope', string>
}

/** All that somebody has shown in their sessions is that much older. */
export async function aged({ database }: OpenidSite, email: string, seconds: number): Promise<void> {
  const { id } = await accountOf({ database }, email)
  const { db } = database
  const ago = (at: Date | null) => at && new Date(at.getTime() - seconds * 1000)
  for (const row of await db.select().from(sessions).where(eq(sessions.accountId, id)))
    await db
      .update(sessions)
      .set({
        startedAt: new Date(row.startedAt.getTime() - seconds * 1000),
        provedAt: ago(row.provedAt),
        heldAt: ago(row.heldAt),
        resistedAt: ago(row.resistedAt),
        passwordAt: ago(row.passwordAt),
      })
      .where(eq(sessions.id, row.id))
}

/** Shows a code of the authenticator again, where /oauth/enter has led, and goes on. */
export async function showingCode({ browser, key }: Pick<Member, 'browser' | 'key'>, step = 0) {
  const fields = { code: codeOf(key, new Date(), step), return_to: '/oauth/enter' }
  const answer = await browser.post('/settings/two-factor/fresh-proof', fields)
  if (answer.location !== '/oauth/enter') throw new Error(`${answer.status}: ${answer.text}`)
  return followed(browser, new URL('https://latchkey.test/oauth/enter'))
}

type DeviceAsked = Record<'device_code' | 'user_code' | 'verification_uri', string>

/** What a device is told that asks for a code. */
export async function deviceAsked(
  site: Pick<OpenidSite, 'fetch'>,
  client: TestClient,
  scope = 'openid',
): Promise<DeviceAsked> {
  const said = await posted(site, '/oauth/device/authorize', { client_id: client.name, scope }, basic(client))
  if (said.status !== 200) throw new Error(JSON.stringify(said.json))
  return said.json as DeviceAsked
}

const xsrfIn = (html: string) => /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** Types the code of a device, which shows who asks. */
export async function deviceShown(browser: Browser, userCode: string) {
  const asked = await browser.get('/oauth/device')
  return browser.post('/oauth/device', { xsrf: xsrfIn(asked.html), user_code: userCode })
}

/** And says yes. */
export async function deviceApproved(browser: Browser, userCode: string): Promise<string> {
  const shown = await deviceShown(browser, userCode)
  const fields = { xsrf: xsrfIn(shown.html), user_code: userCode, confirm: 'yes' }
  const said = await browser.post('/oauth/device', fields)
  if (said.location === null) return said.text
  return (await followed(browser, new URL(said.location, 'https://latchkey.test'))).answer.text
}
