import type { Page } from 'playwright/test'
import { button, expect, field, heading, link, site, test, verify } from './support.ts'

const PATH = '/albums?q=%2Fsummer'
const NONCE_HASH = 'x'.repeat(43)
const entrance = (origin: string) => `/gate/enter?to=${encodeURIComponent(origin + PATH)}&n=${NONCE_HASH}`

/** What reaches the app's host: the page first asked for, with a code of the portal's. */
const arrived = (page: Page, origin: string) =>
  page.waitForURL((url) => url.href.startsWith(`${origin}${PATH}&latchkey_code=`))

test('from an app, sign-in with both steps leads to it by itself', async ({
  page,
  withTwoFactor,
  makeApp,
  otherSite,
}) => {
  const [, origin = ''] = otherSite.origins
  otherSite.show(PATH, '<h1>Photos</h1>')
  otherSite.show('/elsewhere', `<a href="${site()}${entrance(origin)}">Sign in</a>`)
  await makeApp({ host: new URL(origin).host, title: 'Photos', level: 'second_factor', email: withTwoFactor.email })
  await page.context().clearCookies()
  await page.goto(`${origin}/elsewhere`)
  await page.getByRole('link').click()
  await field(page, 'Email').fill(withTwoFactor.email)
  await field(page, 'Password').fill(withTwoFactor.password)
  await button(page, 'Sign in').click()
  await verify(page, await withTwoFactor.authenticator.nextCode())
  await arrived(page, origin)

  await page.goto(`${origin}/elsewhere`)
  await page.getByRole('link').click() // signed in already: there and back without a page
  await arrived(page, origin)
})

test('an app that asks for a second factor says so to who has none, and leads to the set-up', async ({
  page,
  signedUp,
  makeApp,
  otherSite,
}) => {
  const [, origin = ''] = otherSite.origins
  await makeApp({ host: new URL(origin).host, title: 'Vault', level: 'second_factor', email: signedUp.email })
  await page.goto(entrance(origin))
  await expect(heading(page, 'Vault needs a second factor')).toBeVisible()
  await link(page, 'Set up the second factor').click()
  await expect(heading(page, 'Set Up Two-Factor Authentication')).toBeVisible()
})

test('the dashboard leads to the apps that a person may open, and signing out there ends the session', async ({
  page,
  signedUp,
  makeApp,
  otherSite,
}) => {
  const [, origin = ''] = otherSite.origins
  otherSite.show('/', '<h1>Photos</h1>')
  await makeApp({ host: new URL(origin).host, title: 'Photos', level: 'password', email: signedUp.email })
  await page.goto('/')
  await link(page, 'Photos').click()
  await page.waitForURL(`${origin}/`)
  await page.goto(`/gate/sign-out?from=${new URL(origin).host}`)
  await button(page.getByRole('main'), 'Sign out').click()
  await expect(heading(page, "You're signed out")).toBeVisible()
  await page.goto('/')
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('nobody is sent to a host that is not registered, however they come [G11]', async ({
  page,
  signedUp,
  otherSite,
}) => {
  const [, origin = ''] = otherSite.origins
  otherSite.show('/elsewhere', `<a href="${site()}${entrance(origin)}">Sign in</a>`)
  await page.goto(`${origin}/elsewhere`)
  await page.getByRole('link').click()
  await expect(heading(page, 'There is no app here'), signedUp.email).toBeVisible()
  expect(page.url()).toBe(site() + entrance(origin))
})
