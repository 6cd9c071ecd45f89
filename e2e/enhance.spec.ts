import type { Page } from 'playwright/test'
import {
  button,
  expect,
  field,
  finishSetUp,
  heading,
  link,
  openCodePage,
  openRecoveryCodes,
  openStepOne,
  openStepTwo,
  signInByRequest,
  submit,
  test,
  typedKey,
  verify,
} from './support.ts'

// What the script adds. The other files test everything else with and without it.

/** What Copy left: on the clipboard, or selected if there is no clipboard, as on plain http. */
const copied = (page: Page): Promise<string> =>
  page.evaluate(() => (isSecureContext ? navigator.clipboard.readText() : String(getSelection())))

test.describe('Copy', () => {
  test.beforeEach(async ({ context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  })

  test('puts the key on the clipboard, without the gaps it is shown with', { tag: '@phone' }, async ({
    page,
    signedUp,
  }) => {
    await openStepOne(page, signedUp)
    await button(page, 'Copy key').click()
    await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeVisible()
    expect(await copied(page)).toBe(await typedKey(page))
  })

  test('puts the twelve codes on the clipboard, says so, and ticks the box', async ({ page, signedUp }) => {
    await openStepTwo(page, signedUp)
    await expect(field(page, "I've saved the data")).not.toBeChecked()
    await button(page, 'Copy').click()
    await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeVisible()
    expect((await copied(page)).trim().split('\n')).toHaveLength(12)
    await expect(field(page, "I've saved the data")).toBeChecked()
    await button(page, 'Done').click()
    await expect(heading(page, 'Account')).toBeVisible()
  })

  test('leaves out the codes that are used', async ({ page, withTwoFactor, anotherClient }) => {
    await signInByRequest(await anotherClient(), withTwoFactor, withTwoFactor.recoveryCodes[3])
    await openRecoveryCodes(page, withTwoFactor)
    await button(page, 'Copy').click()
    await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeVisible()
    expect((await copied(page)).trim().split('\n')).toEqual(withTwoFactor.recoveryCodes.toSpliced(3, 1))
  })

  test('selects the codes where the clipboard is not there', async ({ page, withTwoFactor }) => {
    await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await openRecoveryCodes(page, withTwoFactor)
    await button(page, 'Copy').click()
    await expect(page.getByRole('status').filter({ hasText: /select/i })).toBeVisible()
    const selected = await page.evaluate(() => String(getSelection()))
    for (const code of withTwoFactor.recoveryCodes) expect(selected).toContain(code)
  })
})

test('Download ticks the box', async ({ page, signedUp }) => {
  await openStepTwo(page, signedUp)
  const downloading = page.waitForEvent('download')
  await button(page, 'Download').click()
  await downloading
  await expect(field(page, "I've saved the data")).toBeChecked()
})

test.describe('the sixth digit', () => {
  test('of a paste sends the code', async ({ page, context, withTwoFactor, authenticator }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await openCodePage(page, withTwoFactor)
    const code = await authenticator.nextCode()
    await paste(page, `${code.slice(0, 3)} ${code.slice(3)}`)
    await expect(heading(page, 'Dashboard')).toBeVisible()
  })

  test('of an autofill sends the code', { tag: '@phone' }, async ({ page, withTwoFactor, authenticator }) => {
    await openCodePage(page, withTwoFactor)
    await autofill(page, await authenticator.nextCode())
    await expect(heading(page, 'Dashboard')).toBeVisible()
  })

  test('of an autofill goes on from step 1', async ({ page, signedUp }) => {
    const authenticator = await openStepOne(page, signedUp)
    await autofill(page, await authenticator.nextCode())
    await expect(heading(page, 'Step 2 of 2: Save Recovery Codes')).toBeVisible()
  })

  test('typed by hand waits for the button', async ({ page, withTwoFactor, authenticator }) => {
    await openCodePage(page, withTwoFactor)
    const code = await authenticator.nextCode()
    await field(page, 'Code').pressSequentially(code)
    await page.waitForTimeout(300)
    await expect(field(page, 'Code')).toHaveValue(code)
    await page.keyboard.press('Enter')
    await expect(heading(page, 'Dashboard')).toBeVisible()
  })

  test('of a recovery code that is pasted waits for the button', async ({ page, withTwoFactor }) => {
    await openCodePage(page, withTwoFactor)
    await autofill(page, withTwoFactor.recoveryCodes[0] ?? '')
    await page.waitForTimeout(300)
    await expect(heading(page, 'Two-Factor Authentication')).toBeVisible()
    await button(page, 'Verify').click()
    await expect(heading(page, 'Dashboard')).toBeVisible()
  })
})

test('a password can be looked at, and is hidden again', { tag: '@phone' }, async ({ page }) => {
  await page.goto('/sign-in')
  await field(page, 'Password').fill('lantern in the window')
  await expect(field(page, 'Password')).toHaveAttribute('type', 'password')
  await button(page, 'Show password').click()
  await expect(field(page, 'Password')).toHaveAttribute('type', 'text')
  await button(page, 'Hide password').click()
  await expect(field(page, 'Password')).toHaveAttribute('type', 'password')
  await expect(field(page, 'Password')).toHaveValue('lantern in the window')
})

test('the wait for the next code counts down, and its end is said', async ({ page, withTwoFactor, authenticator }) => {
  // The newest code the server takes: its successor comes in more than half a minute.
  await authenticator.nextCode()
  const code = await authenticator.nextCode()
  await openCodePage(page, withTwoFactor)
  await submit(page.request, '/sign-in/two-factor', { code })
  await page.clock.install()
  await openCodePage(page, withTwoFactor)
  await verify(page, code)

  const timer = page.getByRole('alert').getByRole('timer')
  const before = (await timer.textContent()) ?? ''
  expect(before).toMatch(/^(\d+ seconds?|1 minute)$/)
  await page.clock.runFor(3_000)
  await expect(timer).not.toHaveText(before)
  await page.clock.runFor(60_000)
  await expect(page.getByRole('alert')).toContainText('The next code is there now.')
})

test('times are told in the zone of the reader', async ({ browser, context, page, signedUp }) => {
  await page.goto('/settings/activity')
  const elsewhere = await browser.newContext({ timezoneId: 'Pacific/Kiritimati' })
  await elsewhere.addCookies(await context.cookies())
  const there = await elsewhere.newPage()
  await there.goto('/settings/activity')
  const here = page.getByRole('main').getByRole('time').first()
  await expect(here, signedUp.email).toHaveText(/\d\d:\d\d/)
  await expect(there.getByRole('main').getByRole('time').first()).not.toHaveText((await here.textContent()) ?? '')
  await elsewhere.close()
})

test('the print page opens the print dialog by itself', async ({ page, withTwoFactor }) => {
  await page.addInitScript(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', '')
  })
  await openRecoveryCodes(page, withTwoFactor)
  await link(page, 'Print').click()
  await expect(heading(page, 'Recovery codes')).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-printed', '')
})

test('the pages work when the script does not arrive', async ({ page, signedUp }) => {
  await page.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
  await openStepTwo(page, signedUp)
  await finishSetUp(page)
})

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((copy) => navigator.clipboard.writeText(copy), text)
  await field(page, 'Code').focus()
  await page.keyboard.press('ControlOrMeta+v')
}

/** The way password managers and phones fill a field: the whole value at once, and an input event that isn't typing. */
async function autofill(page: Page, value: string): Promise<void> {
  await field(page, 'Code').evaluate((input: HTMLInputElement, filled) => {
    input.value = filled
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }, value)
}
