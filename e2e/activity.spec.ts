import type { Page } from 'playwright/test'
import {
  type Account,
  changePasswordByRequest,
  disableByRequest,
  enrolByRequest,
  expect,
  link,
  newPassword,
  post,
  signInByRequest,
  submit,
  test,
} from './support.ts'

/** What happened, newest first, in the words of the page. */
async function told(page: Page): Promise<string[]> {
  await page.goto('/settings/activity')
  const rows = await page.getByRole('main').getByRole('listitem').getByRole('paragraph').allInnerTexts()
  return rows.filter((_, index) => index % 3 === 0).map((what) => what.trim())
}

test('a sign-up, a wrong password and a sign-out are told', async ({ page, signedUp }) => {
  await submit(page.request, '/sign-out')
  await post(page.request, '/sign-in', { ...signedUp, password: newPassword() })
  await signInByRequest(page.request, signedUp)
  expect(await told(page)).toEqual([
    'Signed in with password',
    'Failed: wrong password',
    'Signed out',
    'Signed in with password',
    'Account created',
  ])
})

test('what happens to the second factor is told, once each', async ({ page, withTwoFactor, authenticator }) => {
  const { request } = page
  const account: Account = { email: withTwoFactor.email, password: withTwoFactor.password }
  await page.context().clearCookies()
  await submit(request, '/sign-in', account)
  await post(request, '/sign-in/two-factor', { code: authenticator.wrongCode() })
  await submit(request, '/sign-in/two-factor', { code: await authenticator.nextCode() })
  await page.context().clearCookies()
  await signInByRequest(request, account, withTwoFactor.recoveryCodes[0])
  await submit(request, '/settings/two-factor/recovery-codes/confirm', { password: account.password })
  await submit(request, '/settings/two-factor/recovery-codes/download')
  const changed = { ...account, password: newPassword() }
  await changePasswordByRequest(request, account, changed.password)
  await disableByRequest(request, changed)
  await enrolByRequest(request, changed)

  expect(await told(page)).toEqual([
    'Two-factor authentication turned on',
    'Two-factor authentication turned off',
    'Password changed',
    'Recovery codes downloaded',
    'Recovery codes viewed',
    'Signed in with password and recovery code',
    'Recovery code used',
    'Signed in with password and authenticator',
    'Failed: wrong code',
    'Two-factor authentication turned on',
    'Signed in with password',
    'Account created',
  ])
})

test('each entry tells when, from where and with which browser', async ({ page, signedUp }) => {
  await page.goto('/settings/activity')
  const newest = page.getByRole('main').getByRole('listitem').first()
  await expect(newest, signedUp.email).toContainText(/Chrome on \w+/)
  await expect(newest).toContainText(/\d+\.\d+\.\d+\.\d+|:/)
  await expect(newest.getByRole('time')).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/)
})

test('a browser that calls itself by markup is shown as text, if at all (A47)', async ({ page, signedUp, browser }) => {
  const userAgent = '<img src=x onerror=alert(1)><script>alert(2)</script> Chrome/140.0'
  const context = await browser.newContext({ userAgent })
  await signInByRequest(context.request, signedUp)
  await context.close()
  page.on('dialog', (dialog) => {
    throw new Error(`A pop-up of markup: ${dialog.message()}`)
  })
  for (const path of ['/settings/activity', '/']) {
    await page.goto(path)
    await expect(page.getByRole('main').locator('img, script')).toHaveCount(0)
  }
})

test('a long history is told in pages', async ({ page, withTwoFactor }) => {
  await submit(page.request, '/settings/two-factor/recovery-codes/confirm', { password: withTwoFactor.password })
  for (let times = 0; times < 50; times++) await submit(page.request, '/settings/two-factor/recovery-codes/download')
  expect(await told(page)).not.toContain('Account created')
  await link(page, 'Older').click()
  await expect(page.getByText('Account created')).toBeVisible()
  await expect(link(page, 'Older')).toBeHidden()
})
