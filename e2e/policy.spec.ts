import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright/test'
import {
  button,
  enrolByRequest,
  expect,
  fact,
  field,
  heading,
  newAccount,
  notice,
  setUpWhereLed,
  signUpByRequest,
  test,
} from './support.ts'

const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000).toISOString().slice(0, 10)

async function requireFactor(page: Page, { group, from }: { group: string; from: string }) {
  await page.goto('/operate/policy')
  await field(page, 'Group (or everybody)').fill(group)
  await field(page, 'Second factor').selectOption('required')
  await field(page, 'From (day in UTC)').fill(from)
  await button(page, 'Change').click()
  await expect(notice(page, 'The policy is set.')).toBeVisible()
  await expect(page.getByRole('row', { name: group })).toContainText('required')
}

test('a policy counts the days on the dashboard, and from its day on leads to the set-up until that is done', {
  tag: '@phone',
}, async ({ page, signedUp, anotherBrowser, latchkey }) => {
  const group = `team-${randomUUID().slice(0, 8)}`
  await latchkey('group', 'create', group)
  await latchkey('group', 'add', group, signedUp.email)
  const operators = await anotherBrowser()
  const operator = newAccount()
  await signUpByRequest(operators.request, operator)
  await enrolByRequest(operators.request, operator)
  await latchkey('operator', 'add', operator.email)

  await requireFactor(operators, { group, from: inDays(3) })
  await page.goto('/')
  await expect(page.getByText('Set up a second factor within three days.')).toBeVisible()
  await page.goto('/settings/tokens')
  await expect(heading(page, 'Access Tokens')).toBeVisible()

  await requireFactor(operators, { group, from: inDays(0) })
  for (const path of ['/', '/settings/tokens', '/settings/password']) {
    await page.goto(path)
    expect(new URL(page.url()).pathname).toBe('/settings/two-factor/set-up/confirm')
  }
  await setUpWhereLed(page, signedUp)
  await page.goto('/')
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(fact(page, 'Second factor')).toHaveText('On')
})
