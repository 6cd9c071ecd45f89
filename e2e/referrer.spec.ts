import { button, expect, heading, link, site, staying, test, typeDeviceCode } from './support.ts'

test('a proxy that puts Referrer-Policy: no-referrer in place of ours keeps nobody out', async ({ page }) => {
  await page.route('**/*', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 })
    await route.fulfill({ response, headers: { ...response.headers(), 'referrer-policy': 'no-referrer' } })
  })
  const sent: (string | null)[] = []
  page.on('request', async (request) => {
    if (request.method() === 'POST') sent.push(await request.headerValue('origin'))
  })
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill('nobody@example.com')
  await page.getByLabel('Password', { exact: true }).fill('violet kettle marches north')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible() // refused because of its password, not because of where it came from
  await expect.poll(() => sent).toEqual([new URL(page.url()).origin])
  await page.unrouteAll({ behavior: 'wait' })
})

test('no page of sign-in for other apps tells an app, or anybody, where a person comes from', async ({
  page,
  signedUp,
  makeClient,
}) => {
  const { email } = signedUp
  const photos = await makeClient({ title: 'Photos', isThirdParty: true, email })
  const television = await makeClient({ title: 'Television', email })
  const policies = new Set<string>()
  const shown: string[] = []
  page.on('response', async (response) => {
    if (!response.url().startsWith(`${site()}/oauth/`)) return
    shown.push(new URL(response.url()).pathname)
    policies.add(response.headers()['referrer-policy'] ?? '')
  })
  const isBack = (at = photos.redirect) => page.waitForURL((url) => url.href.startsWith(at))

  /** The page has no link to another site, so one is put there. */
  const leaveByLink = async () => {
    await page.evaluate((to) => {
      const link = Object.assign(document.createElement('a'), { href: to, textContent: 'Elsewhere' })
      document.querySelector('main')?.append(link)
    }, `${television.origin}/elsewhere`)
    await link(page, 'Elsewhere').click()
    await isBack(television.origin)
  }

  await page.goto(photos.origin)
  await staying(page, '**/oauth/enter', async () => {
    await button(page, 'Allow').click()
    await expect(heading(page, 'On to Photos')).toBeVisible()
  })
  await link(page, 'Open Photos').click() // a page with the code in its address
  await isBack()
  await page.goto(photos.origin) // by a redirect
  await isBack()
  await page.goto(`${photos.origin}/?prompt=consent`)
  await button(page, 'Allow').click() // a page that leads on by itself
  await isBack()
  const { href } = await photos.asking({ response_mode: 'form_post' })
  await staying(page, '**/oauth/authorize?*', () => page.goto(href))
  await button(page, 'Open Photos').click() // by a form
  await isBack()
  await page.goto(`${photos.origin}/sign-out`)
  await button(page, 'Stay signed in').click()
  await isBack(photos.signedOut)
  await page.goto(`${photos.origin}/?redirect_uri=${encodeURIComponent(television.redirect)}`) // the page of an error

  const device = await television.askForDevice()
  await page.goto(device.verification_uri_complete ?? '')
  await leaveByLink()
  await typeDeviceCode(page, device.user_code)
  await button(page, 'Connect').click()
  await expect(heading(page, 'Television is connected')).toBeVisible()
  await leaveByLink()

  expect([...photos.referrers, ...television.referrers]).toEqual([])
  expect([...policies]).toEqual(['same-origin'])
  for (const path of [
    '/oauth/authorize',
    '/oauth/enter',
    '/oauth/sign-out',
    '/oauth/sign-out/confirm',
    '/oauth/device',
  ])
    expect(shown).toContain(path)
})
