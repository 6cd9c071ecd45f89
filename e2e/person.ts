import { expect, type Locator, type Page } from 'playwright/test'
import { type Account, RECOVERY_CODE } from './account.ts'
import { Authenticator } from './authenticator.ts'
import { said } from './language.ts'

/** The actions that ask for the password first, by the name of their button, which is also their pop-up's title. */
export type Action =
  | 'Set Up Two-Factor Authentication'
  | 'View Recovery Codes'
  | 'Add Authenticator'
  | 'Disable Two-Factor Authentication'

export const heading = (page: Page, name: string): Locator =>
  page.getByRole('heading', { level: 1, name: said(name), exact: true })

export const button = (page: Page | Locator, name: string): Locator =>
  page.getByRole('button', { name: said(name), exact: true })

export const link = (page: Page | Locator, name: string): Locator =>
  page.getByRole('link', { name: said(name), exact: true })

export const field = (page: Page | Locator, label: string): Locator => page.getByLabel(said(label), { exact: true })

/** The value of a term in a list of facts: `fact(page, 'Key')`. */
export const fact = (page: Page, term: string): Locator =>
  page.locator('dt', { hasText: new RegExp(`^\\s*${said(term)}\\s*$`) }).locator('xpath=following-sibling::dd[1]')

/** What the page says beside a refused field, the way a screen reader would. */
export async function expectRefused(control: Locator, message: string | RegExp): Promise<void> {
  await expect(control).toHaveAttribute('aria-invalid', 'true')
  await expect(control).toHaveAccessibleDescription(message)
  await expect(control).toBeFocused()
  await expect(control.page().getByRole('alert')).toContainText(message)
}

/** Fills in the sign-in page, from wherever the person is. */
export async function signIn(page: Page, account: Account): Promise<void> {
  await page.goto('/sign-in')
  await giveCredentials(page, account)
}

export async function giveCredentials(page: Page, { email, password }: Account): Promise<void> {
  await field(page, 'Email').fill(email)
  await field(page, 'Password').fill(password)
  await button(page, 'Sign in').click()
}

/** Types a code on the code page, key by key: the script may send a pasted code, and must not send a typed one. */
export async function verify(page: Page, code: string): Promise<void> {
  await typeCode(page, code)
  await button(page, 'Verify').click()
}

export async function typeCode(page: Page, code: string): Promise<void> {
  await field(page, 'Code').pressSequentially(code)
}

/** "I've saved the data", Done. */
export async function finishSetUp(page: Page): Promise<void> {
  await field(page, "I've saved the data").check()
  await button(page, 'Done').click()
  await expect(heading(page, 'Account')).toBeVisible()
}

/** From the page that asks for the password, where somebody is led who can do nothing else. */
export async function setUpWhereLed(page: Page, { password }: Account): Promise<Authenticator> {
  await field(page, 'Password').fill(password)
  await button(page, 'Continue').click()
  const authenticator = new Authenticator(await typedKey(page))
  await goOnToStepTwo(page, await authenticator.nextCode())
  await finishSetUp(page)
  return authenticator
}

export async function signOut(page: Page): Promise<void> {
  await button(page, 'Sign out').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
}

/** Where an action's button is: the path and the heading. */
export const pageOf = (action: Action): { path: string; title: string } =>
  action === 'Add Authenticator'
    ? { path: '/settings/two-factor/authenticators', title: 'Authenticators' }
    : { path: '/settings/account', title: 'Account' }

/** Opens an action's pop-up, and answers its "are you sure" if it has one. */
export async function openPopUp(page: Page, action: Action): Promise<Locator> {
  await page.goto(pageOf(action).path)
  await button(page.getByRole('main'), action).click()
  const popUp = page.getByRole('dialog', { name: said(action), exact: true })
  if (action === 'Disable Two-Factor Authentication') await button(popUp, 'Continue').click()
  return popUp
}

/** Opens the pop-up and gives the password. */
export async function confirmWithPassword(page: Page, action: Action, { password }: Account): Promise<void> {
  const popUp = await openPopUp(page, action)
  await field(popUp, 'Password').fill(password)
  await button(popUp, 'Continue').click()
}

/** From step 1 to step 2, with a code of the authenticator that was set up from the page. */
export async function goOnToStepTwo(page: Page, code: string): Promise<void> {
  await typeCode(page, code)
  await button(page, 'Next').click()
  await expect(heading(page, 'Step 2 of 2: Save Recovery Codes')).toBeVisible()
}

export const qrCode = (page: Page): Locator => page.getByRole('img', { name: /QR code/i })

/** The key shown for typing, without its spaces. */
export async function typedKey(page: Page): Promise<string> {
  return ((await fact(page, 'Key').getByRole('code').textContent()) ?? '').replaceAll(/\s/g, '')
}

/** The recovery codes that the page shows, in order. */
export async function shownRecoveryCodes(page: Page): Promise<string[]> {
  const texts = await page.getByRole('main').getByRole('listitem').allInnerTexts()
  return texts.flatMap((text) => RECOVERY_CODE.exec(text)?.[0] ?? [])
}

export const notice = (page: Page, text: string | RegExp): Locator => page.getByRole('status').filter({ hasText: text })
