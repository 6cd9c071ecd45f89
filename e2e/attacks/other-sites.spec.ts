import type { Page } from 'playwright/test'
import { formTo } from '../other-site.ts'
import { expect, fact, field, newPassword, type ProtectedAccount, site, test } from '../support.ts'

/** Every route that takes a form, with what an all-knowing attacker would send. */
function forms({ email, password, recoveryCodes }: ProtectedAccount): [string, Record<string, string>][] {
  const newPasswordOfTheirs = newPassword()
  return [
    ['/sign-up', { email: `of.${email}`, password: newPasswordOfTheirs }],
    ['/sign-in', { email, password }],
    ['/sign-in/two-factor', { code: recoveryCodes[0] ?? '' }],
    ['/sign-in/two-factor/cancel', {}],
    ['/settings/password', { current: password, new: newPasswordOfTheirs }],
    ['/settings/password/again', { password, return_to: '/' }],
    ['/settings/two-factor/set-up/confirm', { password }],
    ['/settings/two-factor/set-up', { enrolment: 'x', code: '123456' }],
    ['/settings/two-factor/set-up/cancel', {}],
    ['/settings/two-factor/set-up/recovery-codes', { enrolment: 'x', saved: 'yes' }],
    ['/settings/two-factor/set-up/recovery-codes/download', {}],
    ['/settings/two-factor/recovery-codes/confirm', { password }],
    ['/settings/two-factor/recovery-codes/download', {}],
    ['/settings/two-factor/recovery-codes/regenerate', {}],
    ['/settings/two-factor/replace/confirm', { password }],
    ['/settings/two-factor/replace', { enrolment: 'x', code: '123456' }],
    ['/settings/two-factor/replace/cancel', {}],
    ['/settings/two-factor/disable', { password }],
    ['/sign-out', {}],
  ]
}

async function history(page: Page): Promise<string> {
  await page.goto('/settings/activity')
  return (await page.getByRole('main').textContent()) ?? ''
}

for (const [who, index] of [
  ['a sibling on the same site', 0],
  ['a site of somebody else', 1],
] as const) {
  test(`a form from ${who} is refused on every route, and nothing changes (A37, A41)`, async ({
    page,
    withTwoFactor,
    otherSite,
  }) => {
    const before = await history(page)
    const attempts = forms(withTwoFactor)
    const buttons = attempts.map(([path, fields]) => formTo(site() + path, fields))
    otherSite.show('/prize', `${buttons.join('')}<iframe name="answer"></iframe>`)
    await page.goto(`${otherSite.origins[index]}/prize`)
    for (const [place, [path]] of attempts.entries()) {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST')
      await page.getByRole('button').nth(place).click()
      const answer = await answered
      expect(answer.url()).toBe(site() + path)
      expect(answer.status(), path).toBe(403)
      expect(answer.headers()['set-cookie'], path).toBeUndefined()
    }
    expect(await history(page)).toBe(before)
    await page.goto('/')
    await expect(fact(page, 'Second factor')).toHaveText('On')
    await expect(fact(page, 'Recovery codes')).toHaveText('12 of 12 left')
  })
}

test('no page of ours opens inside a page of theirs (A44)', async ({ page, signedUp, otherSite }) => {
  const framed = ['/sign-in', '/', '/settings/account']
  otherSite.show('/frame', framed.map((path) => `<iframe src="${site()}${path}"></iframe>`).join(''))
  for (const origin of otherSite.origins) {
    await page.goto(`${origin}/frame`)
    await page.waitForLoadState('load')
    for (const frame of page.frames().slice(1)) {
      await expect(frame.getByRole('heading', { level: 1 }), signedUp.email).toHaveCount(0)
      await expect(frame.getByRole('textbox')).toHaveCount(0)
    }
  }
})

test('a page of theirs keeps no hold on a window of ours (A44)', async ({ page, context, otherSite }) => {
  otherSite.show('/opener', `<a href="${site()}/sign-in" target="_blank" rel="opener">Your account</a>`)
  await page.goto(`${otherSite.origins[1]}/opener`)
  const opening = context.waitForEvent('page')
  await page.getByRole('link').click()
  const opened = await opening
  await expect(field(opened, 'Email')).toBeVisible()
  expect(await opened.evaluate(() => window.opener)).toBeNull()
})

test('coming from a link on another site, the session is still there', async ({ page, signedUp, otherSite }) => {
  otherSite.show('/link', `<a href="${site()}/settings/account">Your account</a>`)
  await page.goto(`${otherSite.origins[1]}/link`)
  await page.getByRole('link').click()
  await expect(page.getByRole('main').getByText(signedUp.email)).toBeVisible()
})
