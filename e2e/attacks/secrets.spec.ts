import type { Page } from 'playwright/test'
import {
  confirmWithPassword,
  expect,
  finishSetUp,
  goOnToStepTwo,
  heading,
  openRecoveryCodes,
  openStepOne,
  post,
  shownRecoveryCodes,
  signIn,
  signOut,
  test,
  verify,
} from '../support.ts'

/** Every spelling of a secret that could be in a cookie or in the browser's storage. */
function spellings(secrets: string[]): string[] {
  return secrets.flatMap((secret) => [
    secret,
    secret.replaceAll('-', ''),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ])
}

/** Everything the browser keeps for a site: cookies, raw and decoded, and what scripts may store. */
async function kept(page: Page): Promise<string> {
  const { cookies, origins } = await page.context().storageState({ indexedDB: true })
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  const decoded = cookies.map(({ value }) => Buffer.from(decodeURIComponent(value), 'base64').toString('latin1'))
  return [JSON.stringify(cookies), JSON.stringify(origins), stored, ...decoded].join('\n')
}

test('through the whole flow the browser keeps no readable secret, and scripts store nothing (A49)', async ({
  page,
  signedUp,
}) => {
  const authenticator = await openStepOne(page, signedUp)
  const secrets = [signedUp.password, authenticator.key]
  const found: string[] = []
  const look = async () => {
    const all = await kept(page)
    found.push(...spellings(secrets).filter((spelling) => all.includes(spelling)))
  }
  await look()
  await goOnToStepTwo(page, await authenticator.nextCode())
  secrets.push(...(await shownRecoveryCodes(page)))
  await look()
  await finishSetUp(page)
  await look()
  await confirmWithPassword(page, 'View Recovery Codes', signedUp)
  await expect(heading(page, 'Recovery Codes')).toBeVisible()
  await look()
  await signOut(page)
  await signIn(page, signedUp)
  await look()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await look()
  await signOut(page)
  await look()

  expect(found).toEqual([])
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  // One recognizes the browser, one tells whether it keeps cookies, and one is what a passkey is asked by. None opens anything.
  const left = (await page.context().cookies()).map(({ name }) => name.replace('__Host-', ''))
  expect(left.toSorted()).toEqual(['latchkey-browser', 'latchkey-passkey', 'latchkey-probe'])
})

test('no address in the history holds a secret (A48)', async ({ page, signedUp }) => {
  const addresses: string[] = []
  page.on('framenavigated', (frame) => addresses.push(frame.url()))
  const authenticator = await openStepOne(page, signedUp)
  const code = await authenticator.nextCode()
  await goOnToStepTwo(page, code)
  const codes = await shownRecoveryCodes(page)
  await finishSetUp(page)
  for (const secret of [authenticator.key, code, signedUp.password, ...codes])
    expect(addresses.join('\n')).not.toContain(secret)
  expect(addresses.join('\n')).not.toContain('?')
})

test('what depends on a session is not kept by any cache (A49)', async ({ page, withTwoFactor }) => {
  await openRecoveryCodes(page, withTwoFactor)
  for (const path of ['', 'account', 'activity', 'two-factor/recovery-codes', 'two-factor/recovery-codes/print']) {
    const answer = await page.request.get(path ? `/settings/${path}` : '/')
    expect(answer.headers()['cache-control'], path).toContain('no-store')
  }
  const download = await post(page.request, '/settings/two-factor/recovery-codes/download')
  expect(download.headers()['cache-control']).toContain('no-store')
})
