import type { APIRequestContext, BrowserContext } from 'playwright/test'
import {
  beginEnrolmentByRequest,
  button,
  enrolByRequest,
  expect,
  expectInside,
  expectOutside,
  expectRefused,
  field,
  finishSetUp,
  goOnToStepTwo,
  heading,
  newAccount,
  openCodePage,
  openStepOne,
  post,
  signInByRequest,
  signUpByRequest,
  submit,
  test,
  textAt,
  typeCode,
  verify,
} from '../support.ts'

// Most of these are sent by request, with the cookies of a real browser: its pages have no part in them.

const SET_UP = '/settings/two-factor/set-up'
const RECOVERY_CODES = `${SET_UP}/recovery-codes`
const TURNED_ON = 'Two-factor authentication turned on'

const enrolmentCookie = async (context: BrowserContext) =>
  (await context.cookies()).filter(({ name }) => name.includes('enrol'))

const expectSecondFactor = async (request: APIRequestContext, state: 'On' | 'Off') =>
  expect(await textAt(request, '/')).toContain(`Second factor ${state}`)

const expectTurnedOnOnce = async (request: APIRequestContext) =>
  expect((await textAt(request, '/settings/activity')).split(TURNED_ON)).toHaveLength(2)

async function expectDoneToChangeNothing(request: APIRequestContext, enrolment: string): Promise<void> {
  const answer = await post(request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  expect([303, 409]).toContain(answer.status())
}

/** Step 2 of nobody's: its page leads back to the beginning. */
async function expectNoStepTwo(request: APIRequestContext): Promise<void> {
  expect(await textAt(request, RECOVERY_CODES)).not.toContain('Step 2 of 2')
}

test('Done before the code was right is refused (A08)', async ({ page, signedUp }) => {
  await openStepOne(page, signedUp)
  const enrolment = await page.locator('input[name=enrolment]').inputValue()
  await expectDoneToChangeNothing(page.request, enrolment)
  await expectSecondFactor(page.request, 'Off')
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

test('the cookie of a finished set-up changes nothing when it is replayed (A10)', async ({ context, signedUp }) => {
  const { request } = context
  const { authenticator, enrolment } = await beginEnrolmentByRequest(request, signedUp)
  const kept = await enrolmentCookie(context)
  await submit(request, RECOVERY_CODES, { enrolment, saved: 'yes' })

  await context.addCookies(kept)
  await expectDoneToChangeNothing(request, enrolment)
  await expectTurnedOnOnce(request)
  await context.clearCookies()
  await signInByRequest(request, signedUp, await authenticator.nextCode())
})

test('a set-up that another tab overtook changes nothing (A10)', async ({ context, signedUp }) => {
  const { request } = context
  const { enrolment } = await beginEnrolmentByRequest(request, signedUp)
  const kept = await enrolmentCookie(context)
  const { authenticator } = await enrolByRequest(request, signedUp)
  await context.addCookies(kept)
  await expectDoneToChangeNothing(request, enrolment)

  await context.clearCookies()
  await signInByRequest(request, signedUp, await authenticator.nextCode())
  await expectTurnedOnOnce(request)
})

test('the enrolment of one account is worth nothing to another (A11)', async ({ context, signedUp, browser }) => {
  const { enrolment } = await beginEnrolmentByRequest(context.request, signedUp)
  const stolen = await enrolmentCookie(context)
  expect(stolen).toHaveLength(1)

  const neighbour = await browser.newContext()
  await signUpByRequest(neighbour.request, newAccount())
  await neighbour.addCookies(stolen)
  await post(neighbour.request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  await expectSecondFactor(neighbour.request, 'Off')
  await expectNoStepTwo(neighbour.request)
  await neighbour.close()
})

test('an enrolment ends with its session (A12)', async ({ context, signedUp }) => {
  const { request } = context
  const { enrolment } = await beginEnrolmentByRequest(request, signedUp)
  const kept = await enrolmentCookie(context)
  await submit(request, '/sign-out')
  await signInByRequest(request, signedUp)
  await context.addCookies(kept)

  await post(request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  await expectSecondFactor(request, 'Off')
  await expectNoStepTwo(request)
})

test('a changed byte in the enrolment cookie makes it worth nothing (A29)', async ({ context, signedUp }) => {
  const { request } = context
  const { enrolment } = await beginEnrolmentByRequest(request, signedUp)
  const cookies = await enrolmentCookie(context)
  expect(cookies).toHaveLength(1)
  for (const cookie of cookies) {
    const middle = Math.floor(cookie.value.length / 2)
    const flipped = cookie.value[middle] === 'A' ? 'B' : 'A'
    await context.addCookies([
      { ...cookie, value: cookie.value.slice(0, middle) + flipped + cookie.value.slice(middle + 1) },
    ])
  }
  await post(request, RECOVERY_CODES, { enrolment, saved: 'yes' })
  await expectSecondFactor(request, 'Off')
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

test('Done sent from three tabs at once enrols once (A26)', async ({ context, signedUp }) => {
  const { request } = context
  const { enrolment } = await beginEnrolmentByRequest(request, signedUp)
  const done = { enrolment, saved: 'yes' }
  const answers = await Promise.all([1, 2, 3].map(() => post(request, RECOVERY_CODES, done)))
  for (const answer of answers) expect([303, 409]).toContain(answer.status())
  await expectTurnedOnOnce(request)
})

test('a session from before the second factor ends when it is turned on (A15)', async ({
  context,
  signedUp,
  anotherClient,
}) => {
  const other = await anotherClient()
  await signInByRequest(other, signedUp)
  await expectInside(other)

  await enrolByRequest(context.request, signedUp)
  await expectOutside(other)
  await expectInside(context.request)
})
