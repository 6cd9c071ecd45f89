import type { Page } from 'playwright/test'
import { button, field, site, test, verify } from './support.ts'

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
