import { readFile } from 'node:fs/promises'
import { button, expect, expectRefused, field, heading, link, test } from './support.ts'

test('Download my data gives a file of what is kept, after the password', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
}) => {
  await page.goto('/settings/account')
  await link(page, 'Download my data').click()
  await expect(heading(page, 'Download my data')).toBeVisible()
  await field(page, 'Password').fill(withTwoFactor.password)
  const downloading = page.waitForEvent('download')
  await button(page, 'Download my data').click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^latchkey-data-[\w.-]+-\d{4}-\d\d-\d\d\.json$/)
  const text = await readFile(await download.path(), 'utf8')
  const data = JSON.parse(text)
  expect(data.account.email).toBe(withTwoFactor.email)
  expect(data.recovery_codes).toHaveLength(12)
  for (const code of withTwoFactor.recoveryCodes) expect(text).not.toContain(code)
  await page.goto('/settings/activity')
  await expect(page.getByText('Data downloaded')).toBeVisible()
})

test('a wrong password gives no file', async ({ page, signedUp }) => {
  await page.goto('/settings/account/data')
  await field(page, 'Password').fill(`${signedUp.password} not`)
  await button(page, 'Download my data').click()
  await expectRefused(field(page, 'Password'), /That is not the password of this account\.$/)
  await link(page, 'Cancel').click()
  await expect(heading(page, 'Account')).toBeVisible()
})
