import { randomUUID } from 'node:crypto'
import { button, expect, expectRefused, field, heading, newAccount, signIn, signOut, test } from './support.ts'

const linkIn = (said: string) => /https?:\S+\/sign-up\?invitation=[\w-]{43}/.exec(said)?.[0] ?? ''

test('an invitation by mail makes its one account, in its group, and the person signs in from then on', async ({
  page,
  anotherBrowser,
  latchkey,
  mailTo,
}) => {
  const account = newAccount()
  const group = `team-${randomUUID().slice(0, 8)}`
  await latchkey('group', 'create', group)
  await latchkey('invite', account.email, '--group', `${group}:2099-12-31`)
  await page.request.post('/sign-out') // any form makes the server look for mail, instead of twice a minute
  const { link } = await mailTo(account.email, /invited/)
  await page.goto(link)
  await expect(heading(page, 'Create your account')).toBeVisible()
  expect(new URL(page.url()).search).toBe('')
  await expect(field(page, 'Email')).toHaveValue(account.email)

  await field(page, 'Email').fill(newAccount().email)
  await field(page, 'Password').fill(account.password)
  await button(page, 'Create account').click()
  await expectRefused(field(page, 'Email'), /This invitation is for/)

  await field(page, 'Email').fill(account.email)
  await field(page, 'Password').fill(account.password)
  await button(page, 'Create account').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
  expect(await latchkey('group', 'list', group)).toContain(account.email)
  await signOut(page)
  await signIn(page, account)
  await expect(heading(page, 'Dashboard')).toBeVisible()

  const late = await anotherBrowser()
  await late.goto(link)
  await expect(heading(late, "This invitation doesn't work")).toBeVisible()
})

test('a printed link for a guest says when the account ends, and works for whoever holds it', async ({
  page,
  latchkey,
}) => {
  const account = newAccount()
  await page.goto(linkIn(await latchkey('invite', '--account-ends', '2099-12-31T18:00:00Z')))
  await expect(page.getByText(/Your account will end on .*2099/)).toBeVisible()
  await field(page, 'Email').fill(account.email)
  await field(page, 'Password').fill(account.password)
  await button(page, 'Create account').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a revoked invitation opens no form', async ({ page, latchkey }) => {
  const { id, link } = JSON.parse(await latchkey('invite', '--json'))
  await latchkey('invitation', 'revoke', id)
  await page.goto(link)
  await expect(heading(page, "This invitation doesn't work")).toBeVisible()
  await expect(button(page, 'Create account')).toHaveCount(0)
})
