import type { Page } from 'playwright/test'
import {
  button,
  enrolByRequest,
  expect,
  expectInside,
  expectOutside,
  expectRefused,
  fact,
  field,
  finishSetUp,
  goOnToStepTwo,
  heading,
  newAccount,
  openCodePage,
  openStepOne,
  openStepTwo,
  post,
  signInByRequest,
  signUpByRequest,
  submit,
  test,
  typeCode,
  verify,
} from '../support.ts'

const RECOVERY_CODES = '/settings/two-factor/set-up/recovery-codes'
const TURNED_ON = 'Two-factor authentication turned on'

const enrolmentOnPage = (page: Page): Promise<string> => page.locator('input[name=enrolment]').inputValue()

const enrolmentCookie = async (page: Page) =>
  (await page.context().cookies()).filter(({ name }) => name.includes('enrol'))

async function expectSecondFactor(page: Page, state: 'On' | 'Off'): Promise<void> {
  await page.goto('/')
  await expect(fact(page, 'Second factor')).toHaveText(state)
}

test('Done before the code was right is refused (A08)', async ({ page, signedUp }) => {
  await openStepOne(page, signedUp)
  const enrolment = await enrolmentOnPage(page)
  const answer = await post(page.request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  expect([303, 409]).toContain(answer.status())
  await expectSecondFactor(page, 'Off')
})

test('with set-up open in two tabs only the newest can finish (A09)', async ({ page, context, signedUp }) => {
  const older = await openStepOne(page, signedUp)
  const newerTab = await context.newPage()
  const newer = await openStepOne(newerTab, signedUp)
  expect(newer.key).not.toBe(older.key)

  await typeCode(page, await older.nextCode())
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await button(page, 'Next').click()
  expect((await answered).status()).toBe(409)
  await expect(heading(page, 'Step 2 of 2: Save Recovery Codes')).toBeHidden()

  await goOnToStepTwo(newerTab, await newer.nextCode())
})

test('the cookie of a finished set-up changes nothing when it is replayed (A10)', async ({
  page,
  context,
  signedUp,
}) => {
  const authenticator = await openStepTwo(page, signedUp)
  const enrolment = await enrolmentOnPage(page)
  const kept = await enrolmentCookie(page)
  await finishSetUp(page)

  await context.addCookies(kept)
  const answer = await post(page.request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  expect([303, 409]).toContain(answer.status())
  await page.goto('/settings/activity')
  await expect(page.getByText(TURNED_ON)).toHaveCount(1)
  await context.clearCookies()
  await signInByRequest(page.request, signedUp, await authenticator.nextCode())
})

test('a set-up that another tab overtook changes nothing (A10)', async ({ page, signedUp }) => {
  await openStepTwo(page, signedUp)
  const enrolment = await enrolmentOnPage(page)
  const kept = await enrolmentCookie(page)
  const { authenticator } = await enrolByRequest(page.request, signedUp)
  await page.context().addCookies(kept)
  const answer = await post(page.request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  expect([303, 409]).toContain(answer.status())

  await page.context().clearCookies()
  await signInByRequest(page.request, signedUp, await authenticator.nextCode())
  await page.goto('/settings/activity')
  await expect(page.getByText(TURNED_ON)).toHaveCount(1)
})

test('the enrolment of one account is worth nothing to another (A11)', async ({ page, signedUp, browser }) => {
  await openStepTwo(page, signedUp)
  const form = { enrolment: await enrolmentOnPage(page), saved: 'yes' }
  const stolen = await enrolmentCookie(page)
  expect(stolen).toHaveLength(1)

  const neighbour = await browser.newContext()
  await signUpByRequest(neighbour.request, newAccount())
  await neighbour.addCookies(stolen)
  await post(neighbour.request, RECOVERY_CODES, form)
  const shown = await neighbour.newPage()
  await expectSecondFactor(shown, 'Off')
  await shown.goto(RECOVERY_CODES)
  await expect(heading(shown, 'Step 2 of 2: Save Recovery Codes')).toBeHidden()
  await neighbour.close()
})

test('an enrolment ends with its session (A12)', async ({ page, context, signedUp }) => {
  await openStepTwo(page, signedUp)
  const enrolment = await enrolmentOnPage(page)
  const kept = await enrolmentCookie(page)
  await submit(page.request, '/sign-out')
  await signInByRequest(page.request, signedUp)
  await context.addCookies(kept)

  await post(page.request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  await expectSecondFactor(page, 'Off')
  await page.goto(RECOVERY_CODES)
  await expect(heading(page, 'Step 2 of 2: Save Recovery Codes')).toBeHidden()
})

test('a changed byte in the enrolment cookie makes it worth nothing (A29)', async ({ page, context, signedUp }) => {
  await openStepTwo(page, signedUp)
  const enrolment = await enrolmentOnPage(page)
  for (const cookie of await enrolmentCookie(page)) {
    const middle = Math.floor(cookie.value.length / 2)
    const flipped = cookie.value[middle] === 'A' ? 'B' : 'A'
    await context.addCookies([
      { ...cookie, value: cookie.value.slice(0, middle) + flipped + cookie.value.slice(middle + 1) },
    ])
  }
  await post(page.request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  await expectSecondFactor(page, 'Off')
})

test('the code that finished the set-up is refused at the first sign-in (A05)', async ({ page, signedUp }) => {
  const authenticator = await openStepOne(page, signedUp)
  const code = await authenticator.nextCode()
  await goOnToStepTwo(page, code)
  await finishSetUp(page)
  await openCodePage(page, signedUp)
  await verify(page, code)
  await expectRefused(field(page, 'Code'), /That code has already been used\./)
})

test('Done sent from three tabs at once enrols once (A26)', async ({ page, signedUp }) => {
  await openStepTwo(page, signedUp)
  const form = { enrolment: await enrolmentOnPage(page), saved: 'yes' }
  const answers = await Promise.all([1, 2, 3].map(() => post(page.request, RECOVERY_CODES, form)))
  for (const answer of answers) expect([303, 409]).toContain(answer.status())
  await page.goto('/settings/activity')
  await expect(page.getByText(TURNED_ON)).toHaveCount(1)
})

test('a session from before the second factor ends when it is turned on (A15)', async ({
  page,
  signedUp,
  anotherBrowser,
}) => {
  const other = await anotherBrowser()
  await signInByRequest(other.request, signedUp)
  await other.goto('/')
  await expect(heading(other, 'Dashboard')).toBeVisible()

  await enrolByRequest(page.request, signedUp)
  await other.goto('/settings/account')
  await expect(heading(other, 'Sign in')).toBeVisible()
  await expectOutside(other.request)
  await expectInside(page.request)
})
