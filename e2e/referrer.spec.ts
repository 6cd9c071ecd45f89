import { expect, heading, test } from './support.ts'

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
})
