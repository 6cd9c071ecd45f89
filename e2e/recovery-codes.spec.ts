import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import {
  button,
  confirmWithPassword,
  expect,
  expectRefused,
  fact,
  field,
  heading,
  link,
  notice,
  openCodePage,
  openRecoveryCodes,
  shownRecoveryCodes,
  signInByRequest,
  signOut,
  site,
  test,
  verify,
} from './support.ts'

const usedOnPage = (page: Page) => page.getByRole('listitem').filter({ hasText: '•••••-•••••' })

const thisYear = String(new Date().getUTCFullYear())

async function regenerate(page: Page): Promise<string[]> {
  await button(page, 'Generate new recovery codes').click()
  await button(page.getByRole('dialog', { name: 'Generate new recovery codes' }), 'Generate').click()
  await expect(notice(page, 'New recovery codes. The old ones no longer work.')).toBeVisible()
  return shownRecoveryCodes(page)
}

test('View asks for the password and shows all twelve, the used ones struck out with their date', {
  tag: '@phone',
}, async ({ page, withTwoFactor, anotherClient }) => {
  await signInByRequest(await anotherClient(), withTwoFactor, withTwoFactor.recoveryCodes[2])
  for (const path of ['', '/print', '/download', '/regenerate']) {
    await page.goto(`/settings/two-factor/recovery-codes${path}`)
    await expect(heading(page, 'View Recovery Codes'), path).toBeVisible()
    expect(await shownRecoveryCodes(page)).toEqual([])
  }

  await confirmWithPassword(page, 'View Recovery Codes', withTwoFactor)
  await expect(heading(page, 'Recovery Codes')).toBeVisible()
  expect(await shownRecoveryCodes(page)).toEqual(withTwoFactor.recoveryCodes.toSpliced(2, 1))
  await expect(usedOnPage(page)).toHaveCount(1)
  await expect(usedOnPage(page)).toContainText(thisYear)
  await link(page, 'Close').click()
  await expect(heading(page, 'Account')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('11 of 12 left')
})

test('Download is a text file, dated, that names account and site and holds the unused codes', async ({
  page,
  withTwoFactor,
  anotherClient,
}) => {
  const [used = '', ...unused] = withTwoFactor.recoveryCodes
  await signInByRequest(await anotherClient(), withTwoFactor, used)
  await openRecoveryCodes(page, withTwoFactor)
  const downloading = page.waitForEvent('download')
  await button(page, 'Download').click()
  const download = await downloading

  expect(download.suggestedFilename()).toMatch(/^latchkey-recovery-codes-[\w.-]+-\d{4}-\d\d-\d\d-\d\d-\d\d-UTC\.txt$/)
  const text = await readFile(await download.path(), 'utf8')
  expect(text).toContain(withTwoFactor.email)
  expect(text).toContain(site())
  expect(text).toContain(thisYear)
  for (const code of unused) expect(text).toContain(code)
  expect(text).not.toContain(used)
  await expect(heading(page, 'Recovery Codes')).toBeVisible()
})

test('Print is a page for paper: account, site, date, twelve codes, and nothing to press', async ({
  page,
  withTwoFactor,
}) => {
  await openRecoveryCodes(page, withTwoFactor)
  await link(page, 'Print').click()
  await expect(heading(page, 'Recovery codes')).toBeVisible()
  await expect(link(page, 'Back')).toBeVisible()

  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText(withTwoFactor.email)).toBeVisible()
  await expect(page.getByText(new URL(site()).host)).toBeVisible()
  await expect(page.getByText(thisYear).first()).toBeVisible()
  expect(await shownRecoveryCodes(page)).toEqual(withTwoFactor.recoveryCodes)
  await expect(page.getByRole('link')).toHaveCount(0)
  await expect(page.getByRole('button')).toHaveCount(0)

  await page.emulateMedia({ media: null })
  await link(page, 'Back').click()
  await expect(heading(page, 'Recovery Codes')).toBeVisible()
})

test('on paper the page of the codes is the codes, without its buttons', { tag: '@looks' }, async ({
  page,
  withTwoFactor,
}) => {
  await openRecoveryCodes(page, withTwoFactor)
  await page.emulateMedia({ media: 'print' })
  expect(await shownRecoveryCodes(page)).toEqual(withTwoFactor.recoveryCodes)
  await expect(page.getByRole('button')).toHaveCount(0)
})

test('a recovery code opens the account once', async ({ page, withTwoFactor }) => {
  const [code = ''] = withTwoFactor.recoveryCodes
  await openCodePage(page, withTwoFactor)
  await verify(page, code)
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(notice(page, 'You signed in with a recovery code. 11 of 12 are left.')).toBeVisible()
  await expect(link(page, 'Lost your device? Replace Authenticator')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  await verify(page, code)
  await expectRefused(field(page, 'Code'), /not one of yours or has been used/)
})

test('capitals, a missing dash, spaces and look-alike letters in a recovery code are forgiven (A21)', async ({
  page,
  withTwoFactor,
}) => {
  const spellings = [
    (code: string) => code.toUpperCase(),
    (code: string) => code.replace('-', ''),
    (code: string) => ` ${code.slice(0, 5)} ${code.slice(6)} `,
    (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'l'),
  ]
  for (const [index, spell] of spellings.entries()) {
    await openCodePage(page, withTwoFactor)
    await verify(page, spell(withTwoFactor.recoveryCodes[index] ?? ''))
    await expect(heading(page, 'Dashboard')).toBeVisible()
  }
})

test('Generate asks first, and replaces the whole set at once: the old codes are dead (A22)', async ({
  page,
  withTwoFactor,
}) => {
  await openRecoveryCodes(page, withTwoFactor)
  await button(page, 'Generate new recovery codes').click()
  await button(page.getByRole('dialog'), 'Cancel').click()
  expect(await shownRecoveryCodes(page)).toEqual(withTwoFactor.recoveryCodes)

  const codes = await regenerate(page)
  expect(new Set([...codes, ...withTwoFactor.recoveryCodes]).size).toBe(24)
  await openCodePage(page, withTwoFactor)
  await verify(page, withTwoFactor.recoveryCodes[0] ?? '')
  await expectRefused(field(page, 'Code'), /not one of yours or has been used/)
  await verify(page, codes[0] ?? '')
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('at three or fewer a warning, at none the way to new ones, and nothing below none (A24)', async ({
  page,
  withTwoFactor,
  anotherClient,
}) => {
  const early = withTwoFactor.recoveryCodes.slice(0, 8)
  for (const code of early) await signInByRequest(await anotherClient(), withTwoFactor, code)
  const [ninth = '', tenth = '', eleventh = '', twelfth = ''] = withTwoFactor.recoveryCodes.slice(8)

  await openCodePage(page, withTwoFactor)
  await verify(page, ninth)
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(page.locator('.callout.warn')).toContainText('3 of 12')

  for (const code of [tenth, eleventh]) await signInByRequest(await anotherClient(), withTwoFactor, code)
  await openCodePage(page, withTwoFactor)
  await verify(page, twelfth)
  await expect(heading(page, 'Recovery Codes')).toBeVisible()
  await expect(usedOnPage(page)).toHaveCount(12)
  await expect(link(page, 'Close')).toBeHidden()
  await page.goto('/')
  await expect(heading(page, 'Recovery Codes')).toBeVisible()

  expect(await regenerate(page)).toHaveLength(12)
  await page.goto('/')
  await expect(fact(page, 'Recovery codes')).toHaveText('12 of 12 left')
})

test('Back after sign-out shows no codes (A32)', async ({ page, withTwoFactor }) => {
  await openRecoveryCodes(page, withTwoFactor)
  await expect(page.getByText(withTwoFactor.recoveryCodes[0] ?? '')).toBeVisible()
  await signOut(page)
  await page.goBack()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await expect(page.getByText(withTwoFactor.recoveryCodes[0] ?? '')).toBeHidden()
})
