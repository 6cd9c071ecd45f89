import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright/test'
import type { ClientApp } from './client-app.ts'
import {
  button,
  expect,
  expectInside,
  expectOutside,
  expectRefused,
  fact,
  field,
  giveCredentials,
  heading,
  link,
  site,
  test,
  typeCode,
  typeDeviceCode,
  verify,
} from './support.ts'

/** The app says who has come back, and how they signed in. */
const expectAtApp = async (page: Page, app: ClientApp, said: string) => {
  await page.waitForURL((url) => url.origin === app.origin)
  await expect(page.getByText(said, { exact: true })).toBeVisible()
}

/** What the site shows on the way, which is nothing if it only leads on. */
function pagesShown(page: Page): string[] {
  const shown: string[] = []
  page.on('response', (response) => {
    const isPage = response.request().isNavigationRequest() && response.status() === 200
    if (isPage && response.url().startsWith(site())) shown.push(response.url())
  })
  return shown
}

const row = (page: Page, app: string) => page.getByRole('row', { name: app })

test('an operator adds an app, and a person signs in there with a second factor', async ({
  page,
  withTwoFactor,
  latchkey,
  authenticator,
  unknownApp: app,
}) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  const group = `readers-${randomUUID().slice(0, 8)}`
  await latchkey('group', 'create', group)
  await latchkey('group', 'add', group, withTwoFactor.email)
  await page.goto('/operate/clients/new')
  await field(page, 'Client ID').fill(app.name)
  await field(page, 'Redirect URIs').fill(app.redirect)
  await field(page, 'Open to groups').fill(group)
  await button(page, 'Add an app').click()
  await expect(heading(page, 'Client Secret')).toBeVisible()
  app.secret = (await page.getByRole('code').textContent()) ?? ''

  await page.context().clearCookies()
  await page.goto(app.origin)
  await giveCredentials(page, withTwoFactor)
  await verify(page, await authenticator.nextCode())
  await expectAtApp(page, app, `${withTwoFactor.email} with 2`)
})

test('whoever is signed in gets into a first-party app without a page', async ({ page, withTwoFactor, makeClient }) => {
  const app = await makeClient({ title: 'Photos', email: withTwoFactor.email })
  const shown = pagesShown(page)
  await page.goto(app.origin)
  await expectAtApp(page, app, `${withTwoFactor.email} with 2`)
  expect(shown).toEqual([])
})

test('a third-party app is told nothing before its person agrees, and asks once', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Photos', isThirdParty: true, email: withTwoFactor.email })
  const isBack = () => expectAtApp(page, app, `${withTwoFactor.email} with 2`)
  await page.goto(app.origin)
  await expect(heading(page, 'Sign in to Photos')).toBeVisible()
  await expect(page.getByText(withTwoFactor.email)).toBeVisible()
  await expect(page.getByRole('main').getByRole('listitem')).toHaveText([
    'that it is you, each time',
    'your email address',
    'all of this while you are not there, until you sign out here',
  ])
  await button(page, 'Cancel').click()
  await expectAtApp(page, app, 'access_denied')

  await page.goto(app.origin)
  await button(page, 'Allow').click()
  await isBack()
  const shown = pagesShown(page)
  await page.goto(app.origin)
  await isBack()
  expect(shown).toEqual([])

  await page.goto(`${app.origin}/?scope=openid%20profile`)
  await expect(page.getByRole('main').getByRole('listitem')).toHaveText([
    'that it is you, each time',
    'your name and username',
  ])
})

test('an app that isn’t open to a person is told nothing of them', async ({ page, signedUp, makeClient }) => {
  const app = await makeClient({ title: 'Photos', email: undefined })
  const response = await page.goto(app.origin)
  expect(response?.status()).toBe(403)
  await expect(heading(page, "You can't open Photos"), signedUp.email).toBeVisible()
  expect(new URL(page.url()).origin).toBe(site())
})

test('acr_values=2 asks for the second factor though a session is there, and tells of it', async ({
  page,
  withTwoFactor,
  authenticator,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Photos', email: withTwoFactor.email })
  const [recoveryCode = '', anotherRecoveryCode = ''] = withTwoFactor.recoveryCodes
  await page.context().clearCookies()
  await page.goto(app.origin)
  await giveCredentials(page, withTwoFactor)
  await verify(page, recoveryCode)
  await expect(page.getByText('You signed in with a recovery code.')).toBeVisible()
  await page.goto(app.origin)
  await expectAtApp(page, app, `${withTwoFactor.email} with 1`) // nobody has held the device

  await page.goto(`${app.origin}/?acr_values=2`)
  await expect(heading(page, "Confirm It's You")).toBeVisible()
  await typeCode(page, anotherRecoveryCode)
  await button(page, 'Continue').click()
  await expectRefused(field(page, 'Code'), /A recovery code is not enough here/)
  await field(page, 'Code').clear()
  await typeCode(page, await authenticator.nextCode())
  await button(page, 'Continue').click()
  await expectAtApp(page, app, `${withTwoFactor.email} with 2`)
})

test('a person without a second factor sets one up for the app that asks for it', async ({
  page,
  signedUp,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Photos', email: signedUp.email })
  await page.goto(app.origin)
  await expectAtApp(page, app, `${signedUp.email} with 1`)
  await page.goto(`${app.origin}/?acr_values=2`)
  await expect(heading(page, 'Photos needs a second factor')).toBeVisible()
  await link(page, 'Set up the second factor').click()
  await expect(heading(page, 'Set Up Two-Factor Authentication')).toBeVisible()
})

test('max_age and prompt=login ask again, and nobody goes on without an answer', async ({
  page,
  withTwoFactor,
  authenticator,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Photos', email: withTwoFactor.email })
  for (const asked of ['max_age=1', 'prompt=login']) {
    await sleep(2_100) // both count in whole seconds
    await page.goto(`${app.origin}/?${asked}`)
    await expect(heading(page, "Confirm It's You")).toBeVisible()
    await page.goto('/oauth/enter')
    await expect(heading(page, "Confirm It's You")).toBeVisible()
    await typeCode(page, await authenticator.nextCode())
    await button(page, 'Continue').click()
    await expectAtApp(page, app, `${withTwoFactor.email} with 2`)
  }
})

test('a device is connected by whoever types its code, sees who asks, and says so', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Television', email: withTwoFactor.email })
  const device = await app.askForDevice()
  expect(device.verification_uri).toBe(`${site()}/oauth/device`)
  await typeDeviceCode(page, device.user_code.toLowerCase())
  await expect(heading(page, 'Connect Television?')).toBeVisible()
  await expect(fact(page, 'Code')).toHaveText(device.user_code)
  await expect(fact(page, 'Asked by')).toHaveText('curl')
  await expect(fact(page, 'Address')).toHaveText(/^(127\.0\.0\.1|::1)$/)
  expect(await app.pollForDevice(device)).toBe('authorization_pending')
  await button(page, 'Connect').click()
  await expect(heading(page, 'Television is connected')).toBeVisible()
  expect(await app.pollForDevice(device)).toBe(`${withTwoFactor.email} with 2`)
  await typeDeviceCode(page, device.user_code)
  await expectRefused(field(page, 'Code'), /has already been used/)
  expect(await app.pollForDevice(device)).toBe('invalid_grant') // once
})

test('a device whose person says no hears so', { tag: '@phone' }, async ({ page, withTwoFactor, makeClient }) => {
  const app = await makeClient({ title: 'Television', email: withTwoFactor.email })
  const device = await app.askForDevice()
  await typeDeviceCode(page, device.user_code)
  await button(page, 'Cancel').click()
  await expect(page.getByRole('status')).toHaveText('The device was not connected.')
  expect(await app.pollForDevice(device)).toBe('access_denied')
})

test('a page of a device that a newer one has replaced connects nothing, and says so', async ({
  page,
  withTwoFactor,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Television', email: withTwoFactor.email })
  const device = await app.askForDevice()
  await typeDeviceCode(page, device.user_code)
  await page.request.get('/oauth/device')
  await button(page, 'Connect').click()
  await expectRefused(field(page, 'Code'), 'This page is out of date. Type the code again.')
  expect(await app.pollForDevice(device)).toBe('authorization_pending')
})

test('a link with the code in it connects no device: its page asks (O09)', async ({
  page,
  withTwoFactor,
  authenticator,
  makeClient,
}) => {
  const app = await makeClient({ title: 'Television', email: withTwoFactor.email })
  const device = await app.askForDevice()
  const sent = device.verification_uri_complete ?? ''
  expect(sent).toContain(device.user_code)
  await page.context().clearCookies()
  await page.goto(sent)
  await giveCredentials(page, withTwoFactor)
  await verify(page, await authenticator.nextCode())
  for (let time = 0; time < 2; time++) {
    await expect(heading(page, 'Connect a device')).toBeVisible()
    await expect(field(page, 'Code')).toHaveValue(device.user_code)
    expect(await app.pollForDevice(device)).toBe('authorization_pending')
    await page.goto(sent)
  }
  await button(page, 'Continue').click()
  await expect(heading(page, 'Connect Television?')).toBeVisible()
  await expect(page.getByText('they would be signed in as you')).toBeVisible()
  expect(await app.pollForDevice(device)).toBe('authorization_pending')
})

test('a code of a device is shown to the first who looks alone (O09)', async ({
  page,
  signedUp,
  anotherBrowser,
  makeClient,
  withTwoFactor,
}) => {
  const app = await makeClient({ title: 'Television', email: withTwoFactor.email })
  const device = await app.askForDevice()
  await page.goto(device.verification_uri_complete ?? '')
  await button(page, 'Continue').click()
  await expect(heading(page, 'Connect Television?')).toBeVisible()

  const second = await anotherBrowser()
  await second.goto(device.verification_uri_complete ?? '')
  await giveCredentials(second, signedUp)
  await verify(second, await withTwoFactor.authenticator.nextCode())
  await button(second, 'Continue').click()
  await expectRefused(field(second, 'Code'), /don't know that code/)
  await field(second, 'Code').fill('BBBB-BBBB')
  await button(second, 'Continue').click()
  await expectRefused(field(second, 'Code'), /don't know that code/)
  await button(page, 'Connect').click()
  await expect(heading(page, 'Television is connected')).toBeVisible()
})

test('an app that signs its person out leads them to a page that asks, and back', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  makeClient,
}) => {
  const who = `${withTwoFactor.email} with 2`
  const app = await makeClient({ title: 'Photos', email: withTwoFactor.email })
  const other = await makeClient({ title: 'Notes', email: withTwoFactor.email })
  for (const each of [app, other]) {
    await page.goto(each.origin)
    await expectAtApp(page, each, who)
  }
  const isBack = () => page.waitForURL((url) => url.href.startsWith(app.signedOut))
  await page.goto(`${app.origin}/sign-out`)
  await expect(heading(page, 'Sign Out')).toBeVisible()
  await expect(page.getByText('Photos asks whether to sign you out here as well.')).toBeVisible()
  await button(page, 'Stay signed in').click()
  await isBack()
  await expectInside(page.request)
  expect(await app.refresh()).toBe('invalid_grant') // signed out of the app alone
  expect(await other.refresh()).toBe(who)

  await page.goto(app.origin)
  await expectAtApp(page, app, who)
  await page.goto(`${app.origin}/sign-out`)
  await button(page.getByRole('main'), 'Sign out').click()
  await isBack()
  await expectOutside(page.request)
  for (const each of [app, other]) expect(await each.refresh()).toBe('invalid_grant')

  const shown = pagesShown(page)
  await page.goto(`${app.origin}/sign-out`) // nobody is there to be asked
  await isBack()
  expect(shown).toEqual([])
})

test('a sign-out without a hint asks, and changes nothing by being opened (O10)', async ({
  page,
  withTwoFactor,
  makeClient,
}) => {
  await makeClient({ title: 'Photos', email: withTwoFactor.email })
  await page.goto('/oauth/sign-out')
  await expect(page.getByText('Do you want to sign out?')).toBeVisible()
  await expectInside(page.request)
  await link(page, 'Stay signed in').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await page.goto('/oauth/sign-out')
  await button(page.getByRole('main'), 'Sign out').click()
  await expect(heading(page, "You're signed out")).toBeVisible()
  await expectOutside(page.request)
  await link(page, 'Sign in').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('signing out at the portal ends what an app has', async ({ page, withTwoFactor, makeClient }) => {
  const app = await makeClient({ title: 'Photos', email: withTwoFactor.email })
  await page.goto(app.origin)
  await expectAtApp(page, app, `${withTwoFactor.email} with 2`)
  expect(await app.refresh()).toBe(`${withTwoFactor.email} with 2`)
  await page.goto('/')
  await button(page, 'Sign out').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  expect(await app.refresh()).toBe('invalid_grant')
})

test('settings show what a person has signed in to and since when, and take it back', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  makeClient,
}) => {
  const [own, other] = [
    await makeClient({ title: 'Photos', email: withTwoFactor.email }),
    await makeClient({ title: 'Notes', isThirdParty: true, email: withTwoFactor.email }),
  ]
  await page.goto(own.origin)
  await expectAtApp(page, own, `${withTwoFactor.email} with 2`)
  await page.goto(other.origin)
  await button(page, 'Allow').click()
  await expectAtApp(page, other, `${withTwoFactor.email} with 2`)

  await page.goto('/settings/apps')
  await expect(row(page, 'Notes')).toContainText('your email address')
  await expect(row(page, 'Photos')).toContainText('It is run together with this site, so it never asks you.')
  for (const title of ['Photos', 'Notes']) {
    const since = row(page, title).getByRole('time').first()
    const at = Date.parse((await since.getAttribute('datetime')) ?? '')
    expect(Math.abs(Date.now() - at), title).toBeLessThan(60_000)
    expect(await row(page, title).textContent(), title).toContain('Chrom')
  }
  await button(row(page, 'Notes'), 'Revoke').click()
  await expect(row(page, 'Notes')).toHaveCount(0)
  expect(await other.refresh()).toBe('invalid_grant')
  expect(await own.refresh()).toBe(`${withTwoFactor.email} with 2`)
  await page.goto(other.origin)
  await expect(heading(page, 'Sign in to Notes')).toBeVisible()
})

test('an error goes to the app by its own address, and to no other', async ({ page, signedUp, makeClient }) => {
  const app = await makeClient({ title: 'Photos', email: signedUp.email })
  for (const [asked, error] of [
    ['code_challenge_method=plain', 'invalid_request'],
    ['prompt=none%20login', 'invalid_request'],
    ['request_uri=https://photos.example.net/asked', 'request_uri_not_supported'],
  ] as const) {
    await page.goto(`${app.origin}/?${asked}`)
    await expectAtApp(page, app, error)
  }
  await page.context().clearCookies()
  await page.goto(`${app.origin}/?prompt=none`)
  await expectAtApp(page, app, 'login_required')

  const elsewhere = `${app.origin}/elsewhere`
  const response = await page.goto(`${app.origin}/?redirect_uri=${encodeURIComponent(elsewhere)}`)
  expect(response?.status()).toBe(400)
  expect(response?.url()).toContain(`${site()}/oauth/authorize`)
  await expect(heading(page, "The app's request can't be answered")).toBeVisible()
  await expect(page.getByRole('code')).toContainText('redirect_uri')
  await page.getByRole('main').getByRole('link').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('an app is answered by a form where it asks for one', async ({
  page,
  withTwoFactor,
  makeClient,
  javaScriptEnabled,
}) => {
  const app = await makeClient({ title: 'Photos', email: withTwoFactor.email })
  await page.goto(`${app.origin}/?response_mode=form_post`)
  if (!javaScriptEnabled) await button(page, 'Open Photos').click()
  await expectAtApp(page, app, `${withTwoFactor.email} with 2`)
})

test('a request that waited too long says so, and leads back', async ({ page, signedUp }) => {
  const response = await page.goto('/oauth/enter')
  expect(response?.status()).toBe(400)
  await expect(heading(page, 'This sign-in is over'), signedUp.email).toBeVisible()
})
