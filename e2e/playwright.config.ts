import { availableParallelism } from 'node:os'
import { defineConfig } from 'playwright/test'
import { isLoopback } from '../app/lib/tls.ts'
import { launchOptions } from './browser.ts'

const ONE_MINUTE = 60_000

// Once the global set-up has started our own server, its address is here. The workers read this file again.
const address = process.env.E2E_BASE_URL

const specs = (...names: string[]) => names.map((name) => `**/${name}.spec.ts`)

// What is left out because it couldn't differ. Without the script: the script's own parts, the scan of every page, which is a
// script too, and looks. In all but the first project: attacks, which meet the same server from every browser. A phone
// differs in looks and fingers, so it runs the tests with the tag @phone, and is the only one to scan every page.
const attacks = '**/attacks/**'
const looks = /@looks/
// On a second database: the same, what is refused before any database is asked, and what starts a server of its own.
const asksNoDatabase = specs('enhance', 'pages', 'pop-ups', 'referrer', 'other-sites', 'gate-proxies')
const isSecondDatabase = process.env.E2E_DATABASE === 'postgres'

const withoutJavaScript = {
  name: 'no-javascript',
  testIgnore: [...specs('enhance', 'pages', 'passkeys'), attacks],
  grepInvert: looks,
  use: { javaScriptEnabled: false },
}

const phone = {
  name: 'phone',
  grep: /@phone/,
  use: {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    // One project looks at the pages in dark mode.
    colorScheme: 'dark' as const,
    userAgent:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  },
}

export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  globalSetup: ['./browser.ts', './server.ts'],
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: availableParallelism() + 1, // because each waits now and then
  // A failed test runs once more with a trace, because tracing every test would take half as long again. It stays failed.
  retries: 1,
  failOnFlakyTests: true,
  // A test whose authenticator has no code left waits up to thirty seconds.
  timeout: ONE_MINUTE,
  globalTimeout: 25 * ONE_MINUTE, // what hangs is ended and named
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }], ['json', { outputFile: 'results.json' }]],
  use: {
    // On this machine a self-signed certificate is good enough, for trying a proxy.
    ...(address ? { baseURL: address, ignoreHTTPSErrors: isLoopback(new URL(address).hostname) } : {}),
    launchOptions: launchOptions(),
    // One page for all tests of a process, without the cookies, storage, cache, routes and scripts of the test before: a new one is a
    // new process of Chromium's, and takes as long as the test.
    reuseContext: true,
    viewport: { width: 1280, height: 800 },
    trace: 'on-first-retry',
    // Half faded in, things don't have their final colours.
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    ...(isSecondDatabase
      ? [{ name: 'chromium', testIgnore: [...asksNoDatabase, ...specs('passkeys-without-script')], grepInvert: looks }]
      : [{ name: 'chromium', testIgnore: specs('pages', 'passkeys-without-script') }, withoutJavaScript, phone]),
  ],
})
