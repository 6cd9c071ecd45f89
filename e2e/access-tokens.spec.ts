import { readFile } from 'node:fs/promises'
import type { APIRequestContext, Page } from 'playwright/test'
import type { Account } from './account.ts'
import { button, expect, expectRefused, field, heading, link, notice, site, submit, test } from './support.ts'

const TOKENS = '/settings/tokens'
const VALUE = /\blk_[0-9A-Za-z]{38}\b/

const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000).toISOString().slice(0, 10)

const row = (page: Page, description: string) => page.getByRole('row').filter({ hasText: description })

const shownValue = async (page: Page) => VALUE.exec((await page.locator('#token').textContent()) ?? '')?.[0] ?? ''

/** Fills in the Generate form, up to the password. */
async function choose(page: Page, description: string, scopes: string[] = ['account:read']): Promise<void> {
  await page.goto(TOKENS)
  await link(page, 'Generate').click()
  await field(page, 'Description').fill(description)
  for (const scope of scopes) await field(page, scope).check()
  await button(page, 'Next').click()
}

async function confirm(page: Page, name: string, { password }: Account): Promise<void> {
  await field(page, 'Password').fill(password)
  await button(page, name).click()
}

async function expectShown(page: Page): Promise<string> {
  await expect(heading(page, 'Save Your Access Token')).toBeVisible()
  const value = await shownValue(page)
  expect(value).toMatch(VALUE)
  return value
}

async function expectNotShown(page: Page): Promise<void> {
  await expect(page.getByRole('main')).toContainText('It was shown once. If you have not saved it, regenerate it.')
  expect(await page.content()).not.toMatch(VALUE)
}

async function finish(page: Page): Promise<void> {
  await field(page, "I've saved the data").check()
  await button(page, 'Done').click()
  await expect(heading(page, 'Access Tokens')).toBeVisible()
}

async function generate(page: Page, account: Account, description: string): Promise<string> {
  await choose(page, description)
  await confirm(page, 'Generate', account)
  const value = await expectShown(page)
  await finish(page)
  return value
}

/** The same by request, for tests that aren't about the way there. */
async function generateByRequest(
  request: APIRequestContext,
  { password }: Account,
  description: string,
): Promise<void> {
  const choices = { description, expires_at: inDays(90), 'scope-account-read': 'yes' }
  expect(await submit(request, `${TOKENS}/generate/confirm`, { ...choices, password })).toBe(`${TOKENS}/value`)
  await request.get(`${TOKENS}/value`)
}

test('Generate: choices, password, the value once, Done; the list shows the token without its value', {
  tag: '@phone',
}, async ({ page, signedUp }) => {
  await page.goto('/settings/account')
  await link(page, 'Access Tokens').click()
  await expect(heading(page, 'Access Tokens')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('You have no access tokens yet.')

  await choose(page, 'Nightly backup', ['account:read', 'events:read'])
  await expect(page.getByRole('main')).toContainText('account:read, events:read')
  await confirm(page, 'Generate', signedUp)
  const value = await expectShown(page)
  await finish(page)

  await expect(notice(page, 'The access token is ready.')).toBeVisible()
  await expect(row(page, 'Nightly backup')).toContainText(`lk_…${value.slice(-4)}`)
  await expect(row(page, 'Nightly backup')).toContainText('Never')
  await expect(row(page, 'Nightly backup')).toContainText(/in\s(89|90)\sdays/)
  expect(await page.content()).not.toContain(value)
})

test('the value is gone after a reload, after Back, and in another tab', async ({ page, signedUp, context }) => {
  await choose(page, 'ci')
  await confirm(page, 'Generate', signedUp)
  await expectShown(page)
  const tab = await context.newPage()
  await tab.goto(`${TOKENS}/value`)
  await expectNotShown(tab)
  await tab.close()
  await page.goto(TOKENS)
  await page.goBack()
  await expectNotShown(page)
  await page.reload()
  await expectNotShown(page)
})

test('Done without the tick says so beside it, and the value is still there to be saved', async ({
  page,
  signedUp,
}) => {
  await choose(page, 'ci')
  await confirm(page, 'Generate', signedUp)
  const value = await expectShown(page)
  await button(page, 'Done').click()
  await expect(field(page, "I've saved the data")).toHaveAccessibleDescription(/Save the value first/)
  expect(await shownValue(page)).toBe(value)
  await finish(page)
})

test('Download is a text file with the value, account and site', async ({ page, signedUp }) => {
  await choose(page, 'ci')
  await confirm(page, 'Generate', signedUp)
  const value = await expectShown(page)
  const downloading = page.waitForEvent('download')
  await button(page, 'Download').click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('latchkey-access-token.txt')
  const text = await readFile(await download.path(), 'utf8')
  for (const part of [value, signedUp.email, site()]) expect(text).toContain(part)
  expect(await shownValue(page)).toBe(value)
})

test('what is wrong is said beside its field, and nothing typed is lost', async ({ page, signedUp }) => {
  await page.goto(`${TOKENS}/generate`)
  await field(page, 'Expires').fill(inDays(400))
  await button(page, 'Next').click()
  await expectRefused(field(page, 'Description'), /Say what it is for/)
  await expect(field(page, 'Expires')).toHaveAccessibleDescription(/366 days at most/)
  await expect(page.getByRole('group', { name: 'Scopes' })).toHaveAccessibleDescription(/at least one scope/)
  await expect(field(page, 'Expires')).toHaveValue(inDays(400))

  await choose(page, 'ci')
  await confirm(page, 'Generate', { ...signedUp, password: 'not that one at all' })
  await expectRefused(field(page, 'Password'), /not the password of this account/)
  await button(page, 'Back').click()
  await expect(field(page, 'Description')).toHaveValue('ci')
  await expect(field(page, 'account:read')).toBeChecked()
})

test('Edit changes the description and leaves the value', { tag: '@phone' }, async ({ page, signedUp }) => {
  await generateByRequest(page.request, signedUp, 'ci')
  await page.goto(TOKENS)
  const hint = (await row(page, 'ci').getByRole('code').textContent()) ?? ''
  await link(row(page, 'ci'), 'Edit').click()
  await expect(heading(page, 'Edit Access Token')).toBeVisible()
  await field(page, 'Description').fill('Deployment')
  await confirm(page, 'Save', signedUp)
  await expect(notice(page, 'The access token has been changed.')).toBeVisible()
  await expect(row(page, 'Deployment')).toContainText(hint)
})

test('Regenerate shows a new value once, and keeps the old one for a day where that is ticked', {
  tag: '@phone',
}, async ({ page, signedUp }) => {
  const old = await generate(page, signedUp, 'ci')
  await link(row(page, 'ci'), 'Regenerate').click()
  await field(page, 'Keep the old one working for 24 hours').check()
  await confirm(page, 'Regenerate', signedUp)
  expect(await expectShown(page)).not.toBe(old)
  await finish(page)
  await expect(row(page, 'ci')).toContainText('The old value works until')
})

test('Remove takes several at once, behind the password', { tag: '@phone' }, async ({ page, signedUp }) => {
  for (const description of ['one', 'two', 'three']) await generateByRequest(page.request, signedUp, description)
  await page.goto(TOKENS)
  await button(page, 'Remove').click()
  await expect(page.getByRole('alert')).toContainText('Tick the tokens you want to remove.')
  await field(page, 'one').check()
  await field(page, 'three').check()
  await button(page, 'Remove').click()
  await expect(heading(page, 'Remove Access Tokens')).toBeVisible()
  await confirm(page, 'Remove', signedUp)
  await expect(notice(page, 'Removed.')).toBeVisible()
  await expect(row(page, 'two')).toBeVisible()
  await expect(row(page, 'one')).toHaveCount(0)
})
