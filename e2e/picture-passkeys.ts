import type { Page } from 'playwright/test'
import type { Account } from './account.ts'
import { submit } from './by-request.ts'
import { openPasskeyAddition, openPasskeySetUp, setUpPasskey } from './passkeys.ts'
import { button, link } from './person.ts'
import { openCodePage } from './short-cuts.ts'
import { LAPTOP, PASSWORD_MANAGER, VirtualAuthenticator } from './virtual-authenticator.ts'

/** Every page of passkeys, with a new account. Leaves the page signed out. */
export async function picturePasskeys(
  page: Page,
  account: Account,
  picture: (of: string) => Promise<void>,
): Promise<void> {
  await page.context().clearCookies()
  await submit(page.request, '/sign-up', account)
  const manager = await VirtualAuthenticator.of(page, PASSWORD_MANAGER)
  await openPasskeySetUp(page, account)
  await picture('passkey-set-up')
  await setUpPasskey(page, account)
  await picture('passkey-account')
  await openPasskeyAddition(page, account)
  await button(page, 'Add passkey').click()
  await page.getByRole('alert').waitFor()
  await picture('passkey-there-already')
  await page.goto('/settings/two-factor/authenticators')
  await link(page, 'Remove').click()
  await picture('passkey-remove-last')
  await page.goto('/settings/two-factor/replace/move')
  await picture('passkey-move')
  await manager.unplug()
  const laptop = await VirtualAuthenticator.of(page, LAPTOP)
  await openPasskeyAddition(page, account)
  await button(page, 'Add passkey').click()
  await page.getByRole('status').waitFor()
  await picture('passkey-list')
  await link(page, 'Remove').last().click()
  await picture('passkey-remove')
  await page.goto('/settings/two-factor/fresh-proof')
  await picture('passkey-fresh-proof')
  await openCodePage(page, account)
  await picture('passkey-second-step')
  await refuse(page)
  await picture('passkey-second-step-refused')
  await page.context().clearCookies()
  await laptop.touched(false) // what the page offers, it would take
  await page.goto('/sign-in')
  await picture('passkey-sign-in')
  await refuse(page)
  await picture('passkey-sign-in-refused')
}

/** Sends what no device of this world answers. */
async function refuse(page: Page) {
  await page.locator('[name=passkey]').evaluate((field: HTMLInputElement) => {
    field.value = '{}'
    field.form?.submit()
  })
  await page.getByRole('alert').waitFor()
}
