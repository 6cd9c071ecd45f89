import type { Page } from 'playwright/test'
import {
  Authenticator,
  button,
  expect,
  expectInside,
  expectRefused,
  field,
  finishSetUp,
  goOnToStepTwo,
  heading,
  link,
  notice,
  openCodePage,
  test,
  typedKey,
} from './support.ts'

const TITLE = "I've Lost Everything"

/** From the code page. */
async function openLostEverything(page: Page) {
  await page.getByText('Lost your device?').click()
  await link(page, "I've lost everything").click()
  await expect(heading(page, TITLE)).toBeVisible()
}

test('who lost everything confirms by mail, waits, and sets up a new second factor', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  mailTo,
  endWait,
}) => {
  const { email, password } = withTwoFactor
  await openCodePage(page, withTwoFactor)
  await openLostEverything(page)
  await button(page, 'Send link').click()
  await expectRefused(field(page, 'Password'), /Enter your password/)
  await field(page, 'Password').fill('not that one at all')
  await button(page, 'Send link').click()
  await expectRefused(field(page, 'Password'), 'That is not the password of this account.')
  await field(page, 'Password').fill(password)
  await button(page, 'Send link').click()
  await expect(heading(page, 'Check your email')).toBeVisible()

  await page.goto((await mailTo(email, /^Did you lose everything/)).link)
  expect(page.url()).not.toContain('token=')
  await button(page, 'Begin the wait').click()
  await expect(heading(page, 'The wait has begun')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  await openLostEverything(page)
  await expect(page.getByText('The wait has begun. Sign in again from')).toBeVisible()
  await expect(button(page, 'Set Up a New Second Factor')).toHaveCount(0)

  await endWait(email)
  await openCodePage(page, withTwoFactor)
  await openLostEverything(page)
  await button(page, 'Set Up a New Second Factor').click()
  await expect(heading(page, 'Set Up Two-Factor Authentication')).toBeVisible()
  await field(page, 'Password').fill(password)
  await button(page, 'Continue').click()
  const authenticator = new Authenticator(await typedKey(page))
  await goOnToStepTwo(page, await authenticator.nextCode())
  await finishSetUp(page)
  await mailTo(email, /^Your second factor was set up again/)
})

test('a warning on every page of a live session stops it with one button, and so does the mail', async ({
  page,
  withTwoFactor,
  anotherBrowser,
  mailTo,
}) => {
  const { email, password } = withTwoFactor
  const stranger = await anotherBrowser()
  const stop = async (stopping: () => Promise<void>, seen: string[]) => {
    await openCodePage(stranger, withTwoFactor)
    await openLostEverything(stranger)
    await field(stranger, 'Password').fill(password)
    await button(stranger, 'Send link').click()
    await expect(heading(stranger, 'Check your email')).toBeVisible()
    const { link: begins } = await mailTo(email, /^Did you lose everything/, ...seen)
    await stranger.goto(begins)
    await button(stranger, 'Begin the wait').click()
    await expect(heading(stranger, 'The wait has begun')).toBeVisible()
    await stopping()
    await openCodePage(stranger, withTwoFactor)
    await openLostEverything(stranger)
    await expect(field(stranger, 'Password')).toBeVisible() // it would have to begin again
    return begins
  }

  const first = await stop(async () => {
    for (const path of ['/settings/sessions', '/settings/tokens', '/']) {
      await page.goto(path)
      await expect(page.getByText('Someone says they lost everything that opens this account.')).toBeVisible()
    }
    await button(page, 'Stop it').click()
    await expect(notice(page, 'Your second factor stays as it is.')).toBeVisible()
    await expect(button(page, 'Stop it')).toHaveCount(0)
  }, [])
  const { link: stops } = await mailTo(email, /^Someone waits to replace/)
  await stop(async () => {
    await page.goto((await mailTo(email, /^Someone waits to replace/, stops)).link)
    await button(page, 'Stop it').click()
    await expect(heading(page, 'Stopped')).toBeVisible()
    await expectInside(page.request)
  }, [first])
})
