import { expect, type Page } from 'playwright/test'
import { creationOptionsIn, enrolmentIn } from '#testing/passkeys.ts'
import { readCodes } from '#testing/people.ts'
import { softwareAuthenticator } from '#testing/software-authenticator.ts'
import type { Account } from './account.ts'
import { site, submit } from './by-request.ts'
import { button, finishSetUp, heading, notice } from './person.ts'

const SET_UP = '/settings/two-factor/set-up'

/** Step 1 of setting up with a passkey instead of an app. */
export async function openPasskeySetUp(page: Page, { password }: Account): Promise<void> {
  await submit(page.request, `${SET_UP}/confirm`, { password })
  await submit(page.request, `${SET_UP}/kind`, { kind: 'passkey' })
  await page.goto(SET_UP)
}

/** A passkey on the device at the page as the only second factor. Returns the recovery codes. */
export async function setUpPasskey(page: Page, account: Account): Promise<string[]> {
  await openPasskeySetUp(page, account)
  await button(page, 'Register passkey').click()
  await expect(heading(page, 'Step 2 of 2: Save Recovery Codes')).toBeVisible()
  const codes = await page.locator('[data-code]').allTextContents()
  await finishSetUp(page)
  return codes
}

export async function openPasskeyAddition(page: Page, { password }: Account): Promise<void> {
  await submit(page.request, '/settings/two-factor/add/confirm', { password })
  await submit(page.request, '/settings/two-factor/add/kind', { kind: 'passkey' })
  await page.goto('/settings/two-factor/add')
}

/** One more, beside what the account has, on the device at the page. */
export async function addPasskey(page: Page, account: Account): Promise<void> {
  await openPasskeyAddition(page, account)
  await button(page, 'Add passkey').click()
  await expect(notice(page, 'The authenticator has been added.')).toBeVisible()
}

/** A passkey without a browser as the only second factor. Returns the recovery codes. */
export async function setUpPasskeyByRequest({ request }: Page, { password }: Account): Promise<string[]> {
  await submit(request, `${SET_UP}/confirm`, { password })
  await submit(request, `${SET_UP}/kind`, { kind: 'passkey' })
  const html = await (await request.get(SET_UP)).text()
  const enrolment = enrolmentIn(html)
  const passkey = softwareAuthenticator({ origin: site() }).register(creationOptionsIn(html))
  const codesAt = await submit(request, SET_UP, { enrolment, passkey })
  const codes = readCodes(await (await request.get(codesAt)).text())
  await submit(request, codesAt, { enrolment, saved: 'yes' })
  return codes
}
