import { randomUUID } from 'node:crypto'
import type { Cookie, Page } from 'playwright/test'
import { type Account, newPassword, type ProtectedAccount } from './account.ts'
import { post, submit } from './by-request.ts'
import type { ClientApp } from './client-app.ts'
import { said } from './language.ts'
import { mailLeadingTo } from './mail.ts'
import { openPasskeyAddition } from './passkeys.ts'
import {
  type Action,
  button,
  confirmWithPassword,
  field,
  heading,
  link,
  openPopUp,
  pageOf,
  signIn,
  typeCode,
  verify,
} from './person.ts'
import {
  openAddition,
  openAuthenticators,
  openCodePage,
  openRecoveryCodes,
  openReplacement,
  openSessions,
  openStepOne,
  openStepTwo,
  openTokenPassword,
  openTokens,
  openTrustedBrowsers,
  staying,
  typeDeviceCode,
} from './short-cuts.ts'

/** A page in one of its states: how to get there, and the heading it then has. */
/** `called`: what is a name in the heading, and no word of ours. */
export type State<Whose> = {
  name: string
  heading: string
  called?: string
  open: (page: Page, account: Whose) => Promise<unknown>
}

const SHORT_PASSWORD = 'short'
const WRONG_PASSWORD = 'not that one at all'

export const pagesOfStrangers: State<undefined>[] = [
  { name: 'sign-up', heading: 'Create your account', open: (page) => page.goto('/sign-up') },
  {
    name: 'sign-up, refused',
    heading: 'Create your account',
    open: async (page) => {
      await page.goto('/sign-up')
      await field(page, 'Email').fill('ada')
      await field(page, 'Password').fill(SHORT_PASSWORD)
      await button(page, 'Create account').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'sign-in', heading: 'Sign in', open: (page) => page.goto('/sign-in') },
  {
    name: 'sign-in, refused',
    heading: 'Sign in',
    open: async (page) => {
      await signIn(page, { email: 'nobody@example.com', password: WRONG_PASSWORD })
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'sign-up, an invitation that works no more',
    heading: "This invitation doesn't work",
    open: (page) => page.goto(`/sign-up?invitation=${'x'.repeat(43)}`),
  },
  { name: 'sign-up, sent', heading: 'Check your email', open: (page) => page.goto('/sign-up/sent') },
  { name: 'reset password', heading: 'Reset your password', open: (page) => page.goto('/reset-password') },
  {
    name: 'reset password, refused',
    heading: 'Reset your password',
    open: async (page) => {
      await page.goto('/reset-password')
      await field(page, 'Email').fill('ada')
      await button(page, 'Send link').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'reset password, sent', heading: 'Check your email', open: (page) => page.goto('/reset-password/sent') },
]

/** For an account whose mails the test can read. */
export const pagesBehindMails: State<Account>[] = [
  {
    name: 'link from a mail, confirm',
    heading: 'Confirm your email address',
    open: async (page, { email }) => {
      await page.goto((await mailLeadingTo(email, '/mail/confirm-email')).link)
    },
  },
  {
    name: 'link from a mail, new password',
    heading: 'Choose a new password',
    open: async (page, { email }) => {
      await submit(page.request, '/reset-password', { email })
      await page.goto((await mailLeadingTo(email, '/mail/reset-password')).link)
      await field(page, 'New password').fill(SHORT_PASSWORD)
      await button(page, 'Save password').click()
      await page.getByRole('alert').waitFor()
    },
  },
]

export const pagesWithoutSecondFactor: State<Account>[] = [
  { name: 'dashboard, second factor off', heading: 'Dashboard', open: (page) => page.goto('/') },
  { name: 'account, second factor off', heading: 'Account', open: (page) => page.goto('/settings/account') },
  { name: 'activity', heading: 'Activity', open: (page) => page.goto('/settings/activity') },
  { name: 'sessions', heading: 'Sessions', open: openSessions },
  { name: 'apps', heading: 'Apps', open: (page) => page.goto('/settings/apps') },
  {
    name: 'are you sure to sign out everywhere',
    heading: 'Sessions',
    open: async (page) => {
      await page.goto('/settings/sessions')
      await button(page.getByRole('main'), 'Sign Out Everywhere').click()
    },
  },
  {
    name: 'sign out everywhere as a page',
    heading: 'Sign Out Everywhere',
    open: (page) => page.goto('/settings/sessions/everything'),
  },
  { name: 'check-up, second factor off', heading: 'Check-up', open: (page) => page.goto('/settings/check-up') },
  {
    name: 'download my data, refused',
    heading: 'Download my data',
    open: async (page) => {
      await page.goto('/settings/account/data')
      await field(page, 'Password').fill(WRONG_PASSWORD)
      await button(page, 'Download my data').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'delete account, refused',
    heading: 'Delete Account',
    open: async (page) => {
      await page.goto('/settings/account/delete')
      await field(page, 'Password').fill(WRONG_PASSWORD)
      await button(page, 'Delete Account').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'change password', heading: 'Change Password', open: (page) => page.goto('/settings/password') },
  {
    name: 'change password, refused',
    heading: 'Change Password',
    open: async (page) => {
      await page.goto('/settings/password')
      await field(page, 'Current password').fill(WRONG_PASSWORD)
      await field(page, 'New password').fill(SHORT_PASSWORD)
      await button(page, 'Change Password').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'password again, refused',
    heading: "Confirm It's You",
    open: async (page) => {
      await page.goto('/settings/password/again?return_to=%2Fsettings')
      await field(page, 'Password').fill(WRONG_PASSWORD)
      await button(page, 'Continue').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'change name', heading: 'Change Name', open: (page) => page.goto('/settings/name') },
  {
    name: 'change username, refused',
    heading: 'Change Username',
    open: async (page) => {
      await page.goto('/settings/username')
      await field(page, 'New username').fill('admin')
      await button(page, 'Change Username').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'email address', heading: 'Email Address', open: (page) => page.goto('/settings/email') },
  {
    name: 'change email address',
    heading: 'Change Email Address',
    open: (page) => page.goto('/settings/email/change'),
  },
  {
    name: 'change email address, refused',
    heading: 'Change Email Address',
    open: async (page) => {
      await page.goto('/settings/email/change')
      await field(page, 'New email address').fill('ada')
      await field(page, 'Password').fill(WRONG_PASSWORD)
      await button(page, 'Send link').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'access tokens, none', heading: 'Access Tokens', open: (page) => page.goto('/settings/tokens') },
  { name: 'access tokens', heading: 'Access Tokens', open: openTokens },
  {
    name: 'access tokens, refused',
    heading: 'Access Tokens',
    open: async (page, account) => {
      await openTokens(page, account)
      await button(page, 'Remove').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'generate access token, refused',
    heading: 'Generate Access Token',
    open: async (page) => {
      await page.goto('/settings/tokens/generate')
      await page.getByText(said('Methods of /1.0/')).click()
      await button(page, 'Next').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'generate access token, password', heading: 'Generate Access Token', open: openTokenPassword },
  {
    name: 'new access token, refused',
    heading: 'Save Your Access Token',
    open: async (page, account) => {
      await openTokenPassword(page)
      await field(page, 'Password').fill(account.password)
      await button(page, 'Generate').click()
      await button(page, 'Done').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'access token shown once',
    heading: 'Save Your Access Token',
    open: (page) => page.goto('/settings/tokens/value'),
  },
  ...(['Edit', 'Regenerate'] as const).map((change) => ({
    name: `${change} access token`,
    heading: `${change} Access Token`,
    open: async (page: Page, account: Account) => {
      await openTokens(page, account)
      await link(page, change).first().click()
    },
  })),
  {
    name: 'remove access tokens',
    heading: 'Remove Access Tokens',
    open: async (page, account) => {
      await openTokens(page, account)
      await page.getByLabel('Nightly backup', { exact: true }).first().check()
      await button(page, 'Remove').click()
    },
  },
  popUp('Set Up Two-Factor Authentication'),
  {
    name: 'password for the set-up, refused',
    heading: 'Set Up Two-Factor Authentication',
    open: async (page, { email }) => {
      await confirmWithPassword(page, 'Set Up Two-Factor Authentication', { email, password: WRONG_PASSWORD })
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'step 1', heading: 'Step 1 of 2: Register Authentication App', open: openStepOne },
  {
    name: 'step 1, refused',
    heading: 'Step 1 of 2: Register Authentication App',
    open: async (page, account) => {
      const authenticator = await openStepOne(page, account)
      await typeCode(page, authenticator.wrongCode())
      await button(page, 'Next').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'step 2', heading: 'Step 2 of 2: Save Recovery Codes', open: openStepTwo },
  {
    name: 'step 2, refused',
    heading: 'Step 2 of 2: Save Recovery Codes',
    open: async (page, account) => {
      await openStepTwo(page, account)
      await button(page, 'Done').click()
      await page.getByRole('alert').waitFor()
    },
  },
]

export const pagesWithSecondFactor: State<ProtectedAccount>[] = [
  { name: 'dashboard, second factor on', heading: 'Dashboard', open: (page) => page.goto('/') },
  { name: 'account, second factor on', heading: 'Account', open: (page) => page.goto('/settings/account') },
  { name: 'sessions, trusted browsers', heading: 'Sessions', open: openTrustedBrowsers },
  { name: 'check-up', heading: 'Check-up', open: (page) => page.goto('/settings/check-up') },
  {
    name: 'test a code, an old one',
    heading: 'Test a Code',
    open: async (page, { authenticator }) => {
      await page.goto('/settings/check-up')
      await typeCode(page, authenticator.codeFromNow(-4))
      await button(page, 'Test').click()
      await page.getByRole('status').waitFor()
    },
  },
  {
    name: 'test a code, refused',
    heading: 'Test a Code',
    open: async (page, { authenticator }) => {
      await page.goto('/settings/check-up/code')
      await typeCode(page, authenticator.wrongCode())
      await button(page, 'Test').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'second factor for an app, refused',
    heading: "Confirm It's You",
    open: async (page, { recoveryCodes }) => {
      await page.goto('/settings/two-factor/fresh-proof?level=held&return_to=%2F')
      await typeCode(page, recoveryCodes.at(-1) ?? '')
      await button(page, 'Continue').click()
      await page.getByRole('alert').waitFor()
    },
  },
  popUp('View Recovery Codes'),
  popUp('Add Authenticator'),
  popUp('Disable Two-Factor Authentication'),
  {
    name: 'are you sure to disable',
    heading: 'Account',
    open: async (page) => {
      await page.goto('/settings/account')
      await button(page, 'Disable Two-Factor Authentication').click()
    },
  },
  {
    name: 'disable as a page',
    heading: 'Disable Two-Factor Authentication',
    open: (page) => page.goto('/settings/two-factor/disable'),
  },
  { name: 'recovery codes', heading: 'Recovery Codes', open: openRecoveryCodes },
  {
    name: 'are you sure to generate',
    heading: 'Recovery Codes',
    open: async (page, account) => {
      await openRecoveryCodes(page, account)
      await button(page, 'Generate new recovery codes').click()
    },
  },
  {
    name: 'generate as a page',
    heading: 'Generate new recovery codes',
    open: async (page, account) => {
      await openRecoveryCodes(page, account)
      await page.goto('/settings/two-factor/recovery-codes/regenerate')
    },
  },
  {
    name: 'recovery codes for paper',
    heading: 'Recovery codes',
    open: async (page, account) => {
      await openRecoveryCodes(page, account)
      await page.goto('/settings/two-factor/recovery-codes/print')
    },
  },
  {
    name: 'replace authenticator',
    heading: 'Replace Authenticator',
    open: openReplacement,
  },
  { name: 'authenticators', heading: 'Authenticators', open: openAuthenticators },
  {
    name: 'move to a new phone',
    heading: 'Move to a New Phone',
    open: (page) => page.goto('/settings/two-factor/replace/move'),
  },
  {
    name: 'password to replace one of several',
    heading: 'Replace Authenticator',
    open: async (page) => {
      await page.goto('/settings/two-factor/replace/move')
      await link(page, 'Move').last().click()
    },
  },
  { name: 'add authenticator', heading: 'Register Authentication App', open: openAddition },
  {
    name: 'add authenticator, refused',
    heading: 'Register Authentication App',
    open: async (page, account) => {
      await openAddition(page, account)
      await field(page, 'Name').fill('')
      await button(page, 'Add Authenticator').click()
      await page.getByRole('alert').waitFor()
    },
  },
  ...(['Rename', 'Remove'] as const).map((change) => ({
    name: `${change} authenticator, refused`,
    heading: `${change} Authenticator`,
    open: async (page: Page) => {
      await page.goto('/settings/two-factor/authenticators')
      await link(page, change).last().click()
      if (change === 'Rename') await field(page, 'Name').fill('')
      await button(page.getByRole('main'), change === 'Rename' ? 'Save' : 'Remove').click()
      await page.getByRole('alert').waitFor()
    },
  })),
  {
    name: 'remove the last authenticator',
    heading: 'Remove Authenticator',
    open: async (page, { password }) => {
      const list = '/settings/two-factor/authenticators'
      await page.goto(list)
      const last = (await link(page, 'Remove').last().getAttribute('href')) ?? ''
      await submit(page.request, last, { password })
      await page.goto(list)
      await link(page, 'Remove').click()
    },
  },
  { name: 'code', heading: 'Two-Factor Authentication', open: openCodePage },
  {
    name: 'code, refused',
    heading: 'Two-Factor Authentication',
    open: async (page, account) => {
      await openCodePage(page, account)
      await verify(page, account.authenticator.codeFromNow(-3))
      await page.getByRole('alert').waitFor()
      await page.getByText(said('Lost your device?')).click()
    },
  },
]

/** For an account whose only second factor is a passkey, on a device that nobody touches. */
export const pagesWithPasskey: State<Account>[] = [
  { name: 'sign-in, with what the browser offers', heading: 'Sign in', open: signedOutTo('/sign-in') },
  { name: 'the second step, passkeys alone', heading: 'Two-Factor Authentication', open: openCodePage },
  {
    name: 'the second step, refused',
    heading: 'Two-Factor Authentication',
    open: async (page, account) => {
      await openCodePage(page, account)
      await page.locator('[name=passkey]').evaluate((field: HTMLInputElement) => {
        field.value = '{}'
        field.form?.submit()
      })
      await page.getByRole('alert').waitFor()
    },
  },
]

/** The same, signed in. */
export const pagesOfPasskeys: State<Account>[] = [
  { name: 'account, a passkey', heading: 'Account', open: (page) => page.goto('/settings/account') },
  {
    name: 'authenticators, a passkey',
    heading: 'Authenticators',
    open: (page) => page.goto('/settings/two-factor/authenticators'),
  },
  {
    name: 'move a passkey',
    heading: 'Move to a New Phone',
    open: (page) => page.goto('/settings/two-factor/replace/move'),
  },
  {
    name: 'remove the last passkey',
    heading: 'Remove Authenticator',
    open: async (page) => {
      await page.goto('/settings/two-factor/authenticators')
      await link(page, 'Remove').click()
    },
  },
  { name: 'add a passkey', heading: 'Register a Passkey', open: openPasskeyAddition },
  {
    name: 'add a passkey, refused',
    heading: 'Register a Passkey',
    open: async (page, account) => {
      await openPasskeyAddition(page, account)
      await button(page, 'Add passkey').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: "confirm it's you, with a passkey",
    heading: "Confirm It's You",
    open: (page) => page.goto('/settings/two-factor/fresh-proof'),
  },
]

const entrance = (host: string) => `/gate/enter?to=${encodeURIComponent(`http://${host}/`)}&n=${'x'.repeat(43)}`

/** For an account that may open two apps: one with its password alone, and one that asks for the second factor that it doesn't have. */
export const pagesOfTheGate = (hosts: { photos: string; vault: string; closed: string }): State<Account>[] => [
  { name: 'dashboard, apps', heading: 'Dashboard', open: (page) => page.goto('/') },
  {
    name: 'on to an app',
    heading: 'On to Photos',
    called: 'Photos',
    open: (page) => staying(page, '**/gate/enter?*', () => page.goto(entrance(hosts.photos))),
  },
  {
    name: 'an app, second factor off',
    heading: 'Vault needs a second factor',
    called: 'Vault',
    open: (page) => page.goto(entrance(hosts.vault)),
  },
  {
    name: 'an app of others',
    heading: "You can't open Secret",
    called: 'Secret',
    open: (page) => page.goto(entrance(hosts.closed)),
  },
  {
    name: 'an app that is none',
    heading: 'There is no app here',
    open: (page) => page.goto(entrance('nowhere.example.test')),
  },
  {
    name: 'an address that leads nowhere',
    heading: "That address doesn't lead anywhere",
    open: (page) => page.goto('/gate/enter'),
  },
  { name: 'sign-out at an app', heading: 'Sign Out', open: (page) => page.goto('/gate/sign-out') },
]

/** One after the other, for an account without a second factor that may use the first two of three apps. `photos` asks its people. */
export function pagesOfOpenid(apps: Record<'photos' | 'television' | 'closed', ClientApp>): State<Account>[] {
  const signOutAt = (page: Page) => page.goto(`/oauth/sign-out?client_id=${apps.photos.name}`)
  return [
    {
      name: 'a sign-in at an app that is over',
      heading: 'This sign-in is over',
      open: (page) => page.goto('/oauth/enter'),
    },
    {
      name: 'consent',
      heading: 'Sign in to Photos',
      called: 'Photos',
      open: (page) => page.goto(`${apps.photos.origin}/?scope=openid+email+profile+groups+offline_access`),
    },
    {
      name: 'consent given, on to the app',
      heading: 'On to Photos',
      called: 'Photos',
      open: (page) =>
        staying(page, '**/oauth/enter', async () => {
          await button(page, 'Allow').click()
          await heading(page, 'Sign in to Photos').waitFor({ state: 'detached' })
        }),
    },
    {
      name: 'on to an app by a form',
      heading: 'On to Photos',
      called: 'Photos',
      open: async (page) => {
        await page.goto(apps.photos.origin) // signs in
        const { href } = await apps.photos.asking({ response_mode: 'form_post' })
        await staying(page, '**/oauth/authorize?*', () => page.goto(href))
      },
    },
    {
      name: 'apps, signed in to some',
      heading: 'Apps',
      open: async (page) => {
        await page.goto(apps.television.origin)
        await page.goto('/settings/apps')
      },
    },
    {
      name: 'an app to sign in to, of others',
      heading: "You can't open Secret",
      called: 'Secret',
      open: (page) => page.goto(apps.closed.origin),
    },
    {
      name: 'an app to sign in to asks for a second factor',
      heading: 'Photos needs a second factor',
      called: 'Photos',
      open: (page) => page.goto(`${apps.photos.origin}/?acr_values=2`),
    },
    {
      name: 'a request of an app that is wrong',
      heading: "The app's request can't be answered",
      open: (page) => page.goto(`${apps.photos.origin}/?redirect_uri=https%3A%2F%2Felsewhere.example.net%2F`),
    },
    { name: 'a device', heading: 'Connect a device', open: (page) => page.goto('/oauth/device') },
    {
      name: 'a device, by a link',
      heading: 'Connect a device',
      open: async (page) => page.goto((await apps.television.askForDevice()).verification_uri_complete ?? ''),
    },
    {
      name: 'a device, refused',
      heading: 'Connect a device',
      open: async (page) => {
        await typeDeviceCode(page, 'BBBB-BBBB')
        await page.getByRole('alert').waitFor()
      },
    },
    {
      name: 'a device, confirm',
      heading: 'Connect Television?',
      called: 'Television',
      open: async (page) => typeDeviceCode(page, (await apps.television.askForDevice()).user_code),
    },
    {
      name: 'a device, cancelled',
      heading: 'Connect a device',
      open: async (page) => {
        await typeDeviceCode(page, (await apps.television.askForDevice()).user_code)
        await button(page, 'Cancel').click()
        await page.getByRole('status').waitFor()
      },
    },
    {
      name: 'a device, connected',
      heading: 'Television is connected',
      called: 'Television',
      open: async (page) => {
        await typeDeviceCode(page, (await apps.television.askForDevice()).user_code)
        await button(page, 'Connect').click()
      },
    },
    { name: 'sign-out that an app asks for', heading: 'Sign Out', open: signOutAt },
    {
      name: 'signed out of one app',
      heading: "You're signed out of Photos",
      called: 'Photos',
      open: async (page) => {
        await signOutAt(page)
        await button(page, 'Stay signed in').click()
      },
    },
    { name: 'sign-out that nobody asks for', heading: 'Sign Out', open: (page) => page.goto('/oauth/sign-out') },
    {
      name: 'signed out of all apps',
      heading: "You're signed out",
      open: async (page) => {
        await page.goto('/oauth/sign-out')
        await button(page.getByRole('main'), 'Sign out').click()
      },
    },
  ]
}

const LOST = '/sign-in/two-factor/lost-everything'

/** One after the other, for an account whose owner begins a wait and stops it. */
export function pagesOfLostEverything(): State<ProtectedAccount>[] {
  let signedIn: Cookie[] = []
  return [
    {
      name: 'lost everything, refused',
      heading: "I've Lost Everything",
      open: async (page, account) => {
        signedIn = await page.context().cookies()
        await openCodePage(page, account)
        await page.goto(LOST)
        await field(page, 'Password').fill(WRONG_PASSWORD)
        await button(page, 'Send link').click()
        await page.getByRole('alert').waitFor()
      },
    },
    {
      name: 'lost everything, sent',
      heading: 'Check your email',
      open: async (page, { password }) => {
        await field(page, 'Password').fill(password)
        await button(page, 'Send link').click()
      },
    },
    {
      name: 'link from a mail, begin the wait',
      heading: 'Begin the wait',
      open: async (page, { email }) => page.goto((await mailLeadingTo(email, '/mail/lost-everything')).link),
    },
    {
      name: 'the wait has begun',
      heading: 'The wait has begun',
      open: (page) => button(page, 'Begin the wait').click(),
    },
    { name: 'lost everything, waiting', heading: "I've Lost Everything", open: (page) => page.goto(LOST) },
    {
      name: 'account, with the warning',
      heading: 'Account',
      open: async (page) => {
        await page.context().addCookies(signedIn)
        await page.goto('/settings/account')
        await button(page, 'Stop it').waitFor()
      },
    },
    {
      name: 'link from a mail, stop the wait',
      heading: "Don't replace the second factor",
      open: async (page, { email }) => page.goto((await mailLeadingTo(email, '/mail/stop-recovery')).link),
    },
    { name: 'the wait is stopped', heading: 'Stopped', open: (page) => button(page, 'Stop it').click() },
  ]
}

const CHOSEN = newPassword()

/** One after the other, for one account. */
export const pagesAfterNotice: State<Account>[] = [
  {
    name: 'this was not me',
    heading: 'This was not me',
    open: async (page, account) => {
      await openTokens(page, account)
      await page.goto((await mailLeadingTo(account.email, '/mail/not-me')).link)
    },
  },
  {
    name: 'secured',
    heading: 'Your account is secured',
    open: (page) => button(page, 'Secure my account').click(),
  },
  {
    name: 'access tokens, frozen',
    heading: 'Access Tokens',
    open: async (page, { email }) => {
      const password = CHOSEN // which ends the old one
      await page.goto((await mailLeadingTo(email, '/mail/reset-password')).link)
      await field(page, 'New password').fill(password)
      await button(page, 'Save password').click()
      await heading(page, 'Sign in').waitFor()
      await signIn(page, { email, password })
      await page.goto('/settings/tokens')
    },
  },
  {
    name: 'keep account',
    heading: 'Keep your account',
    open: async (page, { email }) => {
      await submit(page.request, '/settings/account/delete', { password: CHOSEN })
      await page.goto((await mailLeadingTo(email, '/mail/keep-account')).link)
    },
  },
]

function popUp(action: Action): State<Account> {
  return { name: `pop-up ${action}`, heading: pageOf(action).title, open: (page) => openPopUp(page, action) }
}

const GROUP = 'pages-of-operators'
const APP = 'wiki-of-pages'
const CLIENT = `notes-${randomUUID().slice(0, 8)}`
const change = (page: Page, { email }: Account, name: string) =>
  page.goto(`/operate/accounts/${email.split('@')[0]}/${name}`)

/** Of an operator who has just shown the second factor. */
export const pagesOfOperators: State<ProtectedAccount>[] = [
  {
    name: 'accounts',
    heading: 'Accounts',
    open: (page, { email }) => page.goto(`/operate/accounts?search=${encodeURIComponent(email)}`),
  },
  {
    name: 'suspend, refused',
    heading: 'Suspend Account',
    open: async (page, account) => {
      await change(page, account, 'suspend')
      await button(page, 'Suspend Account').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'rescue', heading: 'Rescue', open: (page, account) => change(page, account, 'rescue') },
  {
    name: 'delete an account, refused',
    heading: 'Delete Account',
    open: async (page, account) => {
      await change(page, account, 'delete')
      await field(page, 'Reason').fill('Not in earnest')
      await button(page, 'Delete Account').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'groups, refused',
    heading: 'Groups',
    open: async (page) => {
      await post(page.request, '/operate/groups', { name: GROUP })
      await page.goto('/operate/groups')
      await field(page, 'Name').fill(GROUP)
      await button(page, 'Create Group').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'remove a member',
    heading: 'Remove Member',
    open: async (page, { email }) => {
      await post(page.request, `/operate/groups/${GROUP}`, { account: email, until: '2099-12-31' })
      await page.goto(`/operate/groups/${GROUP}/remove?account=${encodeURIComponent(email)}`)
    },
  },
  {
    name: 'delete a group',
    heading: 'Delete Group',
    open: (page) => page.goto(`/operate/groups/${GROUP}/delete`),
  },
  {
    name: 'new app, refused',
    heading: 'Add an App',
    open: async (page) => {
      await page.goto('/operate/apps/new')
      await field(page, 'Name').fill(APP)
      await field(page, 'Hosts').fill('*.example.test')
      await button(page, 'Add an App').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'apps',
    heading: 'Apps',
    open: async (page) => {
      const fields = { title: 'Wiki', groups: '', level: 'password', maxAge: '', paths: '', networks: '', reason: '' }
      await post(page.request, '/operate/apps/new', { name: APP, hosts: `${APP}.example.test`, ...fields })
      await page.goto('/operate/apps')
    },
  },
  { name: 'new app to sign in to', heading: 'Add an app', open: (page) => page.goto('/operate/clients/new') },
  {
    name: 'new app to sign in to, refused',
    heading: 'Add an app',
    open: async (page) => {
      await field(page, 'Client ID').fill(CLIENT)
      await field(page, 'Title').fill('Notes')
      await field(page, 'Redirect URIs').fill('https://*.example.net/callback')
      await button(page, 'Add an app').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'client secret shown once',
    heading: 'Client Secret',
    open: async (page) => {
      await field(page, 'Redirect URIs').fill('https://notes.example.net/callback\nhttps://notes.example.org/callback')
      await field(page, 'Open to groups').fill(GROUP)
      await button(page, 'Add an app').click()
    },
  },
  { name: 'apps to sign in to', heading: 'Sign-in for Apps', open: (page) => page.goto('/operate/clients') },
  {
    name: 'an app to sign in to',
    heading: 'Notes',
    called: 'Notes',
    open: (page) => page.goto(`/operate/clients/named/${CLIENT}`),
  },
  {
    name: 'change an app to sign in to',
    heading: 'Change',
    open: (page) => page.goto(`/operate/clients/named/${CLIENT}/change`),
  },
  ...(['rotate', 'remove'] as const).map((deed) => ({
    name: `${deed} an app to sign in to, refused`,
    heading: deed === 'rotate' ? 'Replace the secret' : 'Remove',
    open: async (page: Page) => {
      await page.goto(`/operate/clients/named/${CLIENT}/${deed}`)
      await button(page.getByRole('main'), deed === 'rotate' ? 'Replace the secret' : 'Remove').click()
      await page.getByRole('alert').waitFor()
    },
  })),
  {
    name: 'another client secret',
    heading: 'Client Secret',
    open: async (page) => {
      await page.goto(`/operate/clients/named/${CLIENT}/rotate`)
      await field(page, 'Reason').fill('It was in a mail')
      await button(page, 'Replace the secret').click()
    },
  },
  {
    name: 'client secret, shown already',
    heading: 'Client Secret',
    open: (page) => page.goto(`/operate/clients/named/${CLIENT}/secret`),
  },
  {
    name: 'end an old client secret, refused',
    heading: 'End the old secret',
    open: async (page) => {
      await page.goto(`/operate/clients/named/${CLIENT}/end`)
      await button(page.getByRole('main'), 'End the old secret').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'an app', heading: 'Wiki', called: 'Wiki', open: (page) => page.goto(`/operate/apps/named/${APP}`) },
  { name: 'change an app', heading: 'Change App', open: (page) => page.goto(`/operate/apps/named/${APP}/change`) },
  { name: 'delete an app', heading: 'Delete App', open: (page) => page.goto(`/operate/apps/named/${APP}/delete`) },
  {
    name: 'new invitation, refused',
    heading: 'Invite Somebody',
    open: async (page) => {
      await page.goto('/operate/invitations/new')
      await field(page, 'Groups').fill('nowhere-at-all')
      await button(page, 'Invite Somebody').click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'invitation shown once',
    heading: 'Invitation',
    open: async (page) => {
      await page.goto('/operate/invitations/new')
      await field(page, 'Groups').fill(GROUP)
      await button(page, 'Invite Somebody').click()
      await page.getByText('invitation=').waitFor()
    },
  },
  { name: 'invitations', heading: 'Invitations', open: (page) => page.goto('/operate/invitations') },
  {
    name: 'policy, refused',
    heading: 'Policy',
    open: async (page) => {
      await page.goto('/operate/policy')
      await field(page, 'Group (or everybody)').fill('nowhere-at-all')
      await button(page, 'Change').click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'log', heading: 'Log', open: (page) => page.goto('/operate/log') },
  {
    name: 'log, refused',
    heading: 'Log',
    open: (page) => page.goto('/operate/log?kind=sneezed&account=nobody'),
  },
  {
    name: 'second factor again, refused',
    heading: "Confirm It's You",
    open: async (page, { authenticator }) => {
      await page.goto('/settings/two-factor/fresh-proof?return_to=%2Foperate')
      await typeCode(page, authenticator.wrongCode())
      await button(page, 'Continue').click()
      await page.getByRole('alert').waitFor()
    },
  },
]

function signedOutTo(path: string) {
  return async (page: Page) => {
    await page.context().clearCookies()
    await page.goto(path)
  }
}
