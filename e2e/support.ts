import { randomUUID } from 'node:crypto'
import { type APIRequestContext, test as base, expect, type Page } from 'playwright/test'
import { type Account, newAccount, type ProtectedAccount } from './account.ts'
import type { Authenticator } from './authenticator.ts'
import { enrolByRequest, signUpByRequest, site } from './by-request.ts'
import { ClientApp } from './client-app.ts'
import { mailTo } from './mail.ts'
import { endWait, latchkey, type MadeClient, makeApp, makeClient } from './operator.ts'
import { OtherSite } from './other-site.ts'
import { VirtualAuthenticator } from './virtual-authenticator.ts'
import { Watch } from './watch.ts'

export * from './account.ts'
export * from './authenticator.ts'
export * from './by-request.ts'
export * from './person.ts'
export * from './qr-code.ts'
export * from './short-cuts.ts'
export { expect }

type Vocabulary = {
  /** A new account, with `page` signed in to it. */
  signedUp: Account
  /** A new account with the second factor on, and `page` signed in to it. Its authenticator has two codes left without a wait. */
  withTwoFactor: ProtectedAccount
  /** The authenticator of `withTwoFactor`. */
  authenticator: Authenticator
  /** Opens a page in another browser, which shares nothing with `page`: the second door. */
  anotherBrowser: () => Promise<Page>
  /** The same without a page: a client that sends requests. It costs a tenth, if the test needs to see nothing. */
  anotherClient: () => Promise<APIRequestContext>
  /** Reads what the server mailed. It has no mail server, and leaves its mails in a folder that the tests can read. */
  mailTo: typeof mailTo
  /** The command line of the server's operator. */
  latchkey: typeof latchkey
  /** Ends an account's wait after "I've lost everything", which no setting makes short enough for a test. */
  endWait: typeof endWait
  /** Puts an app behind the gate. */
  makeApp: typeof makeApp
  /** Opens an app that signs people in by the site, and ends it after the test. */
  makeClient: (of: MadeClient) => Promise<ClientApp>
  /** The same without telling the site of it. */
  unknownApp: ClientApp
  /** A malicious site on another origin. */
  otherSite: OtherSite
  /** Fails the test at its end if any page did something that no page may. */
  watch: Watch
}

export const test = base.extend<Vocabulary>({
  watch: [
    async ({ browser }, use) => {
      const watch = new Watch(site())
      browser.on('context', watch.follow)
      await use(watch)
      browser.off('context', watch.follow)
      expect(watch.complaints(), 'errors, broken policies and requests elsewhere').toEqual([])
    },
    { auto: true },
  ],
  context: async ({ context }, use) => {
    expect(await context.cookies(), 'what the test before has left').toEqual([])
    await use(context)
    // What Playwright doesn't take back from a context that the next test uses again.
    await context.clearPermissions()
    await VirtualAuthenticator.unplugAll()
  },
  signedUp: async ({ context }, use) => {
    const account = newAccount()
    await signUpByRequest(context.request, account)
    await use(account)
  },
  withTwoFactor: async ({ context, signedUp }, use) => {
    await use(await enrolByRequest(context.request, signedUp))
  },
  authenticator: async ({ withTwoFactor }, use) => {
    await use(withTwoFactor.authenticator)
  },
  anotherBrowser: async ({ browser }, use) => {
    const opened: Page[] = []
    await use(async () => {
      const page = await (await browser.newContext()).newPage()
      opened.push(page)
      return page
    })
    await Promise.all(opened.map((page) => page.context().close()))
  },
  anotherClient: async ({ playwright }, use) => {
    const opened: APIRequestContext[] = []
    await use(async () => {
      const client = await playwright.request.newContext({ baseURL: site() })
      opened.push(client)
      return client
    })
    await Promise.all(opened.map((client) => client.dispose()))
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the first parameter what a fixture needs
  latchkey: async ({}, use, { skip }) => {
    skip(!process.env.E2E_OPERATOR, 'The operator of that server is somebody else.')
    await use(latchkey)
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the first parameter what a fixture needs
  endWait: async ({}, use, { skip }) => {
    skip(!process.env.E2E_OPERATOR, 'The database of that server is out of reach.')
    await use(endWait)
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the first parameter what a fixture needs
  makeApp: async ({}, use, { skip }) => {
    skip(!process.env.E2E_OPERATOR, 'The database of that server is out of reach.')
    await use(makeApp)
  },
  makeClient: async ({ watch }, use, { skip }) => {
    skip(!process.env.E2E_OPERATOR, 'The database of that server is out of reach.')
    const opened: ClientApp[] = []
    await use(async (of) => {
      const app = await makeClient(of)
      opened.push(app)
      watch.expectStranger(app.origin)
      return app
    })
    for (const app of opened) app.close()
  },
  unknownApp: async ({ watch }, use) => {
    const app = await ClientApp.open(`app-${randomUUID().slice(0, 8)}`)
    watch.expectStranger(app.origin)
    await use(app)
    app.close()
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the first parameter what a fixture needs
  mailTo: async ({}, use, { skip }) => {
    skip(!process.env.E2E_MAIL_FOLDER, 'E2E_MAIL_FOLDER names no folder with the mails of that server.')
    await use(mailTo)
  },
  otherSite: async ({ watch }, use) => {
    const otherSite = await OtherSite.open()
    for (const origin of otherSite.origins) watch.expectStranger(origin)
    await use(otherSite)
    await otherSite.close()
  },
})
