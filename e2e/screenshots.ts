// Walks the product and takes a picture of every page, light and dark, 360 and 1280 wide:
//   npm run screenshots -- FOLDER
// Without a folder it renews the pictures of the README.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { codeOf } from '#testing/authenticator.ts'
import { launchBrowser } from './browser.ts'
import { askedByProxy, openApp } from './gate-by-request.ts'
import { mailLeadingTo } from './mail.ts'
import { latchkey, makeApp, makeClient } from './operator.ts'
import { picturePasskeys } from './picture-passkeys.ts'
import { startServer } from './server.ts'
import { staying, typeDeviceCode } from './short-cuts.ts'

const PASSWORD = 'violet kettle marches north'
const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 860 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 860 },
  { name: 'light-phone', colorScheme: 'light', width: 360, height: 740 },
  { name: 'dark-phone', colorScheme: 'dark', width: 360, height: 740 },
] as const
const IN_README = ['dashboard-light', 'set-up-light', 'set-up-dark', 'save-recovery-codes-light-phone']

const folder = process.argv[2] ?? 'docs/screenshots'
const wanted = (file: string) => process.argv[2] !== undefined || IN_README.includes(file)
mkdirSync(folder, { recursive: true })

const server = await startServer({ TRUST_PROXY: '127.0.0.1, ::1', CONTACT: 'help@example.com' })
Object.assign(process.env, {
  E2E_BASE_URL: server.url,
  E2E_OPERATOR: server.operator,
  E2E_MAIL_FOLDER: server.mailFolder,
})
const browser = await launchBrowser()
try {
  for (const look of LOOKS) await walk(browser, look)
} finally {
  await browser.close()
  await server.stop()
}

async function walk(browser: Browser, { name, colorScheme, width, height }: (typeof LOOKS)[number]) {
  const context = await browser.newContext({
    baseURL: server.url,
    colorScheme,
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  const picture = async (of: string) => {
    const file = `${of}-${name}`
    if (wanted(file))
      await page.screenshot({ path: join(folder, `${file}.png`), fullPage: true, animations: 'disabled' })
  }
  const email = `ada.${name}@example.com`

  await page.goto('/sign-up')
  await picture('sign-up')
  await fill(page, { Email: email, Password: 'too short' }, 'Create account')
  await picture('sign-up-refused')
  await fill(page, { Password: PASSWORD }, 'Create account')
  await picture('dashboard-off')
  await page.goto('/settings/check-up')
  await picture('check-up-off')
  await page.goto('/settings/account')
  await picture('account-off')
  await page.getByRole('button', { name: 'Set Up Two-Factor Authentication' }).click()
  await picture('set-up-pop-up')
  await fill(page, { Password: 'not the password' }, 'Continue')
  await picture('set-up-confirm-refused')
  await fill(page, { Password: PASSWORD }, 'Continue')
  await picture('set-up')
  const secret = (await page.locator('#key').textContent()) ?? ''
  const code = codeOf(secret, new Date()) // good for the step after as well
  await fill(page, { Code: '123456' }, 'Next')
  await picture('set-up-refused')
  await fill(page, { Code: code }, 'Next')
  await picture('save-recovery-codes')
  const codes = await page.getByRole('list').filter({ hasText: '-' }).getByRole('listitem').allTextContents()
  await page.getByRole('button', { name: 'Done' }).click()
  await picture('save-recovery-codes-refused')
  await page.goto('/settings/two-factor/set-up/recovery-codes/print')
  await picture('print')
  await page.goto('/settings/two-factor/set-up/recovery-codes')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await picture('account')
  await page.getByRole('button', { name: 'Disable Two-Factor Authentication' }).click()
  await picture('disable-pop-up')

  await page.goto('/settings/two-factor/disable')
  await picture('disable')
  await signInAgain(page, email)
  await picture('code')
  await fill(page, { Code: code }, 'Verify')
  await picture('code-used')
  await fill(page, { Code: codes[0]?.match(/\w{5}-\w{5}/)?.[0] ?? '' }, 'Verify')
  await picture('dashboard')
  await page.goto('/settings/activity')
  await picture('activity')
  await page.goto('/settings/check-up')
  await picture('check-up')
  await fill(page, { Code: codes[1]?.match(/\w{5}-\w{5}/)?.[0] ?? '' }, 'Test')
  await picture('test-code')
  await fill(page, { Code: codeOf(secret, new Date(), -6) }, 'Test')
  await picture('test-code-old')
  await fill(page, { Code: '123456' }, 'Test')
  await picture('test-code-refused')
  await page.goto('/settings/password')
  await picture('change-password')
  await page.goto('/settings/two-factor/recovery-codes/confirm')
  await fill(page, { Password: PASSWORD }, 'Continue')
  await picture('recovery-codes')
  await page.getByRole('button', { name: 'Generate new recovery codes' }).click()
  await picture('regenerate-pop-up')
  await page.goto('/settings/two-factor/replace/confirm')
  await fill(page, { Password: PASSWORD }, 'Continue')
  await picture('replace')
  const pages = {
    sessions: '/settings/sessions',
    apps: '/settings/apps',
    'sign-out-everywhere': '/settings/sessions/everything',
    email: '/settings/email',
    'change-email': '/settings/email/change',
    'password-again': '/settings/password/again',
    authenticators: '/settings/two-factor/authenticators',
    'move-to-new-phone': '/settings/two-factor/replace/move',
    tokens: '/settings/tokens',
    'download-my-data': '/settings/account/data',
    'delete-account': '/settings/account/delete',
    'reset-password': '/reset-password',
  }
  for (const [of, path] of Object.entries(pages)) {
    await page.goto(path)
    await picture(of)
  }
  await loseEverything(page, email, picture)
  await latchkey('operator', 'add', email)
  await operate(page, email, picture)
  await signInForApps(page, email, picture)
  await throughTheGate(page, email, picture)
  await page.goto('/nowhere')
  await picture('not-found')
  await page.goto('/sign-in')
  await fill(page, { Email: email, Password: 'not the password' }, 'Sign in')
  await picture('sign-in-refused')
  await picturePasskeys(page, { email: `grace.${name}@example.com`, password: PASSWORD }, picture)
  await context.close()
}

/** "I've lost everything", up to the warning on the dashboard. Leaves the page signed in, in the browser of before, with the wait stopped. */
async function loseEverything(page: Page, email: string, picture: (of: string) => Promise<void>) {
  const signedIn = await page.context().cookies()
  const lost = '/sign-in/two-factor/lost-everything'
  await page.context().clearCookies() // the session of before goes on
  await page.goto('/')
  await fill(page, { Email: email, Password: PASSWORD }, 'Sign in')
  await page.goto(lost)
  await picture('lost-everything')
  await fill(page, { Password: PASSWORD }, 'Send link')
  await page.goto((await mailLeadingTo(email, '/mail/lost-everything')).link)
  await picture('begin-wait')
  await fill(page, {}, 'Begin the wait')
  await picture('wait-begun')
  await page.goto(lost)
  await picture('lost-everything-waiting')
  await page.goto((await mailLeadingTo(email, '/mail/stop-recovery')).link)
  await picture('stop-wait')
  await page.context().addCookies(signedIn)
  await page.goto('/')
  await picture('dashboard-waiting')
  await fill(page, {}, 'Stop it')
}

/** The pages of the people who run the site. */
async function operate(page: Page, email: string, picture: (of: string) => Promise<void>) {
  const [username] = email.split('@')
  await page.goto('/operate/groups')
  await fill(page, { Name: `family-${randomUUID().slice(0, 8)}` }, 'Create Group')
  await fill(page, { 'Account (email or username)': email }, 'Add Member')
  await picture('group')
  await page.goto('/operate/invitations/new')
  await picture('new-invitation')
  await fill(page, { Reason: 'For the summer' }, 'Invite Somebody')
  await picture('invitation')
  const pages = {
    accounts: '/operate/accounts',
    'account-of-another': `/operate/accounts/${username}`,
    suspend: `/operate/accounts/${username}/suspend`,
    delete: `/operate/accounts/${username}/delete`,
    groups: '/operate/groups',
    invitations: '/operate/invitations',
    apps: '/operate/apps',
    clients: '/operate/clients',
    'new-client': '/operate/clients/new',
    'new-app': '/operate/apps/new',
    policy: '/operate/policy',
    log: '/operate/log',
    'fresh-proof': '/settings/two-factor/fresh-proof',
  }
  for (const [of, path] of Object.entries(pages)) {
    await page.goto(path)
    await picture(of)
  }
}

/** The pages of sign-in for other apps, for people and for operators. */
async function signInForApps(page: Page, email: string, picture: (of: string) => Promise<void>) {
  const photos = await makeClient({ title: 'Photos', isThirdParty: true, email })
  const television = await makeClient({ title: 'Television', email })
  const closed = await makeClient({ title: 'Secret', email: undefined })
  await page.goto(`${photos.origin}/?scope=openid+email+profile+groups+offline_access`)
  await picture('consent')
  await staying(page, '**/oauth/enter', async () => {
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('link', { name: 'Open Photos' }).waitFor()
  })
  await picture('consent-on-to-app')
  await page.goto(photos.origin)
  const { href } = await photos.asking({ response_mode: 'form_post' })
  await staying(page, '**/oauth/authorize?*', () => page.goto(href))
  await picture('post-to-app')
  await page.goto(television.origin)
  await page.goto('/settings/apps')
  await picture('apps-signed-in')
  await page.goto(closed.origin)
  await picture('client-of-others')
  await page.goto(`${photos.origin}/?redirect_uri=https%3A%2F%2Felsewhere.example.net%2F`)
  await picture('openid-error')
  await page.goto('/oauth/device')
  await picture('device')
  await typeDeviceCode(page, 'BBBB-BBBB')
  await picture('device-refused')
  await typeDeviceCode(page, (await television.askForDevice()).user_code)
  await picture('device-confirm')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await picture('device-cancelled')
  await typeDeviceCode(page, (await television.askForDevice()).user_code)
  await page.getByRole('button', { name: 'Connect' }).click()
  await picture('device-connected')
  await page.goto(`/oauth/sign-out?client_id=${photos.name}`)
  await picture('openid-sign-out')
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await picture('openid-signed-out')
  const here = `/operate/clients/named/${photos.name}`
  await page.goto(`${here}/change`)
  await picture('change-client')
  await fill(page, { 'Redirect URIs': `${photos.redirect}\nhttps://photos.example.net/callback` }, 'Save')
  await picture('client')
  await page.goto(`${here}/rotate`)
  await picture('rotate-client')
  await fill(page, { Reason: 'It was in a mail' }, 'Replace the secret')
  await picture('client-secret')
  for (const app of [photos, television, closed]) app.close()
}

/** The pages on the way to apps and back. Leaves the page signed out. */
async function throughTheGate(page: Page, email: string, picture: (of: string) => Promise<void>) {
  const hosts = ['photos', 'notes', 'wiki'].map((name) => `${name}-${randomUUID().slice(0, 8)}.example.test`)
  const [photos = '', notes = '', wiki = ''] = hosts
  await makeApp({ host: photos, title: 'Photos', level: 'second_factor', email })
  await makeApp({ host: notes, title: 'Notes', level: 'password', email })
  await makeApp({ host: wiki, title: 'Wiki', level: 'password', email: undefined })
  for (const host of [photos, notes]) await openApp(page.request, `http://${host}/`)
  const entrance = (host: string) => `/gate/enter?to=${encodeURIComponent(`http://${host}/`)}&n=${'x'.repeat(43)}`
  await page.goto('/')
  await picture('dashboard-apps')
  await page.goto('/settings/sessions')
  await picture('sessions-apps')
  await page.goto(entrance(wiki))
  await picture('app-of-others')
  await page.goto(entrance('nowhere.example.test'))
  await picture('no-app')
  await staying(page, '**/gate/enter?*', () => page.goto(entrance(notes)))
  await picture('on-to-app')
  await page.goto(`/gate/sign-out?from=${photos}`)
  await picture('gate-sign-out')
  await page.goto('about:blank') // without the policy of a page of ours
  await page.setContent((await askedByProxy('http://nowhere.example.test/')).html)
  await picture('refused-at-app')
  await page.goto('/gate/sign-out')
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  await picture('gate-signed-out')
}

async function signInAgain(page: Page, email: string) {
  await page.goto('/')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await fill(page, { Email: email, Password: PASSWORD }, 'Sign in')
}

/** Fills in the visible fields and presses the button with that name. */
async function fill(page: Page, fields: Record<string, string>, button: string) {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).filter({ visible: true }).fill(value)
  await page.getByRole('button', { name: button, exact: true }).filter({ visible: true }).click()
}
