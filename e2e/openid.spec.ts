import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as oidc from 'openid-client'
import type { Page } from 'playwright/test'
import { button, expect, field, giveCredentials, heading, link, site, test, verify } from './support.ts'

/** An app that signs people in by the site: at `/` it sends them there, and at `/callback` it says who came back. */
async function appAt(of: { name: string; secret: () => string }) {
  const asked = new Map<string, string>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', origin)
    const config = await oidc.discovery(new URL(site()), of.name, of.secret(), undefined, {
      execute: [oidc.allowInsecureRequests],
    })
    if (url.pathname === '/') {
      const verifier = oidc.randomPKCECodeVerifier()
      const state = oidc.randomState()
      asked.set(state, verifier)
      const to = oidc.buildAuthorizationUrl(config, {
        ...{ redirect_uri: `${origin}/callback`, scope: 'openid email', state, code_challenge_method: 'S256' },
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        ...Object.fromEntries(url.searchParams),
      })
      response.writeHead(303, { location: to.href }).end()
      return
    }
    const state = url.searchParams.get('state') ?? ''
    let said = url.searchParams.get('error') ?? ''
    if (url.searchParams.has('code')) {
      const checks = { pkceCodeVerifier: asked.get(state) ?? '', expectedState: state }
      const claims = (await oidc.authorizationCodeGrant(config, url, checks)).claims()
      said = `${claims?.email} with ${claims?.acr}`
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(
      `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><h1>App</h1><p>${said}</p>`,
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** An operator adds the app at the page for it, and reads its secret there. */
async function addApp(page: Page, group: string, thirdParty: boolean) {
  const name = `app-${randomUUID().slice(0, 8)}`
  let secret = ''
  const app = await appAt({ name, secret: () => secret })
  await page.goto('/operate/clients/new')
  await field(page, 'Client ID').fill(name)
  await field(page, 'Redirect URIs').fill(`${app.origin}/callback`)
  await field(page, 'Open to groups').fill(group)
  if (thirdParty) await field(page, 'Ask each person before it hears about them').check()
  await button(page, 'Add an app').click()
  await expect(heading(page, 'Client Secret')).toBeVisible()
  secret = (await page.locator('code').textContent()) ?? ''
  return { ...app, name }
}

test('a person signs in at apps with a second factor, allows one what it asks for, and takes it back', async ({
  page,
  withTwoFactor,
  latchkey,
  authenticator,
  watch,
}) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  const group = `readers-${randomUUID().slice(0, 8)}`
  await latchkey('group', 'create', group)
  await latchkey('group', 'add', group, withTwoFactor.email)
  const first = await addApp(page, group, false)
  const second = await addApp(page, group, true)
  for (const { origin } of [first, second]) watch.expectStranger(origin)
  const isBack = (acr = '2') => expect(page.getByText(`${withTwoFactor.email} with ${acr}`)).toBeVisible()
  try {
    await page.context().clearCookies()
    await page.goto(first.origin)
    await giveCredentials(page, withTwoFactor)
    await verify(page, await authenticator.nextCode())
    await isBack()

    await page.goto(second.origin)
    await expect(heading(page, `Sign in to ${second.name}`)).toBeVisible()
    await button(page, 'Cancel').click()
    await expect(page.getByText('access_denied')).toBeVisible()
    await page.goto(second.origin)
    await button(page, 'Allow').click()
    await isBack()
    await page.goto(second.origin)
    await isBack()

    await page.goto('/settings/apps')
    await expect(page.getByRole('row', { name: second.name })).toBeVisible()
    await button(page.getByRole('row', { name: second.name }), 'Revoke').click()
    await expect(page.getByRole('row', { name: second.name })).toHaveCount(0)
    await page.goto(second.origin)
    await expect(heading(page, `Sign in to ${second.name}`)).toBeVisible()

    await page.goto('/oauth/sign-out')
    await link(page, 'Stay signed in').click()
    await expect(heading(page, 'Dashboard')).toBeVisible()
    await page.goto('/oauth/sign-out')
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
    await expect(heading(page, "You're signed out")).toBeVisible()
  } finally {
    first.close()
    second.close()
  }
})
