import { randomUUID } from 'node:crypto'
import {
  button,
  expect,
  expectRefused,
  field,
  heading,
  link,
  newAccount,
  notice,
  openCodePage,
  setUpWhereLed,
  signUpByRequest,
  test,
  verify,
} from './support.ts'

test('an operator finds an account, suspends it with a reason, and it is signed out', async ({
  page,
  withTwoFactor,
  latchkey,
  anotherClient,
}) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  const member = newAccount()
  const theirs = await anotherClient()
  await signUpByRequest(theirs, member)
  await page.goto('/')
  await link(page, 'Operate').click()
  await expect(heading(page, 'Accounts')).toBeVisible()
  await field(page, 'Email, username or name begins with').fill(member.email.slice(0, -3).toUpperCase())
  await button(page, 'Search').click()
  await link(page, member.email).click()

  await link(page, 'Suspend Account').click()
  await button(page, 'Suspend Account').click()
  await expectRefused(field(page, 'Reason'), /Say why\.$/)
  await field(page, 'Reason').fill('It sends advertisements')
  await button(page, 'Suspend Account').click()
  await expect(notice(page, 'The account is suspended.')).toBeVisible()
  await expect(page.getByText('It sends advertisements', { exact: true })).toBeVisible()
  expect((await theirs.get('/')).url()).toContain('/sign-in')

  await link(page, 'Log').click()
  await field(page, 'Account (email or username)').fill(member.email)
  await button(page, 'Search').click()
  await expect(page.getByText(`By ${withTwoFactor.email}: It sends advertisements`)).toBeVisible()
})

test('an operator makes a group and a printed invitation into it', async ({ page, withTwoFactor, latchkey }) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  const group = `team-${randomUUID().slice(0, 8)}`
  await page.goto('/operate/groups')
  await field(page, 'Name').fill(group)
  await button(page, 'Create Group').click()
  await expect(heading(page, group)).toBeVisible()

  await page.goto('/operate/invitations/new')
  await field(page, 'Groups').fill(group)
  await button(page, 'Invite Somebody').click()
  await expect(heading(page, 'Invitation')).toBeVisible()
  const invitation = (await page.getByText(/\/sign-up\?invitation=/).textContent()) ?? ''
  await page.goto('/operate/invitations')
  await expect(page.getByText(invitation)).toHaveCount(0)

  const account = newAccount()
  await page.context().clearCookies()
  await page.goto(invitation.trim())
  await field(page, 'Email').fill(account.email)
  await field(page, 'Password').fill(account.password)
  await button(page, 'Create account').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
  expect(await latchkey('group', 'list', group)).toContain(account.email)
  await page.goto('/operate')
  await expect(heading(page, 'Operate')).toHaveCount(0)
})

test('a code from an operator sets a lost second factor up again', async ({ page, withTwoFactor, latchkey }) => {
  const said = await latchkey('account', 'rescue', withTwoFactor.email, '--reason', 'Lost both phones', '--json')
  const { code } = JSON.parse(said)
  await openCodePage(page, withTwoFactor)
  await page.getByText('Lost your device?').click()
  await link(page, 'I have a code from an operator').click()
  await field(page, 'Code').fill(code)
  await button(page, 'Continue').click()
  for (const path of ['/', '/settings/tokens']) {
    await page.goto(path)
    expect(new URL(page.url()).pathname).toBe('/settings/two-factor/set-up/confirm')
  }
  const replacement = await setUpWhereLed(page, withTwoFactor)
  await openCodePage(page, withTwoFactor)
  await verify(page, await replacement.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
