import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, test as base, type Page } from 'playwright/test'
import { joining } from '#testing/gate.ts'
import type { PREPARE, ProxyKind } from '#testing/gate-proxies/files.ts'
import { NOTES, PHOTOS } from '#testing/gate-proxies/hosts.ts'
import { startGateProxy } from '#testing/gate-proxies/proxy.ts'
import { FRIENDS, gateWorld, type World } from '#testing/gate-proxies/world.ts'
import { BASE_URL } from '#testing/names.ts'
import { setUp, signUp } from '#testing/people.ts'
import { bringIn, FOR_THE_TESTS } from '../tools/debian.ts'
import { type Account, newAccount } from './account.ts'
import { Authenticator } from './authenticator.ts'
import { launchOptions } from './browser.ts'
import { Watch } from './watch.ts'

export const PROXIES = ['nginx', 'caddy', 'haproxy'] as const satisfies (keyof typeof PREPARE)[]

type Person = Account & { authenticator: Authenticator }
type Fixtures = {
  /** A page in a browser that trusts the certificates, and finds every name at that proxy. */
  pageBehind: (kind: ProxyKind) => Promise<Page>
  /** A new account with the second factor on, in these groups. It is signed in nowhere. */
  somebody: (...groups: string[]) => Promise<Person>
}
type WorkerFixtures = { world: World; browserBehind: (kind: ProxyKind) => Promise<Browser> }

export const test = base.extend<Fixtures, WorkerFixtures>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the first parameter what a fixture needs
    async ({}, use) => {
      bringIn({ ...FOR_THE_TESTS, 'libnss3-tools': 'certutil' })
      const world = await gateWorld()
      await use(world)
      await world.end()
    },
    { scope: 'worker' },
  ],
  browserBehind: [
    async ({ playwright, world }, use) => {
      const { folder, authority, behind } = world
      trust(folder, authority.files.authority)
      const started = new Map<ProxyKind, { proxy: Awaited<ReturnType<typeof startGateProxy>>; browser: Browser }>()
      await use(async (kind) => {
        const before = started.get(kind)
        if (before) return before.browser
        const proxy = await startGateProxy(kind, { folder, behind, authority })
        const { args = [], ...options } = launchOptions()
        const browser = await playwright.chromium.launch({
          ...options,
          args: [...args, `--host-resolver-rules=MAP *:443 127.0.0.1:${proxy.port}`],
          env: { PATH: process.env.PATH ?? '', HOME: folder },
        })
        started.set(kind, { proxy, browser })
        return browser
      })
      for (const { proxy, browser } of started.values()) {
        await browser.close()
        await proxy.stop()
      }
    },
    { scope: 'worker' },
  ],
  pageBehind: async ({ browserBehind, contextOptions, javaScriptEnabled }, use) => {
    const watch = new Watch(BASE_URL)
    for (const origin of [PHOTOS, NOTES]) watch.expectStranger(origin)
    const opened: Page[] = []
    await use(async (kind) => {
      const browser = await browserBehind(kind)
      const context = await browser.newContext({ ...contextOptions, javaScriptEnabled })
      watch.follow(context)
      const page = await context.newPage()
      opened.push(page)
      return page
    })
    await Promise.all(opened.map((page) => page.context().close()))
    // Chromium says of a WebSocket that was refused, as nothing of ours.
    const complaints = watch.complaints().filter((said) => !said.includes(`WebSocket connection to 'wss://`))
    base.expect(complaints, 'errors, broken policies and requests elsewhere').toEqual([])
  },
  somebody: async ({ world }, use) => {
    await use(async (...groups) => {
      const account = newAccount()
      const browser = world.product.browser()
      await signUp(browser, account)
      let authenticator = new Authenticator('')
      await setUp(browser, account, (key) => {
        authenticator = new Authenticator(key)
        return authenticator.nextCode()
      })
      await browser.post('/sign-out')
      for (const group of groups) await joining(world.product, account.email, group)
      return { ...account, authenticator }
    })
  },
})

export { FRIENDS }

/** Chromium on Linux takes authorities of its user from there. */
function trust(home: string, authority: string): void {
  const database = join(home, '.pki', 'nssdb')
  mkdirSync(database, { recursive: true })
  const certutil = (...args: string[]) =>
    execFileSync('certutil', ['-d', `sql:${database}`, ...args], { stdio: 'pipe' })
  certutil('-N', '--empty-password')
  certutil('-A', '-n', 'gate', '-t', 'C,,', '-i', authority)
}
