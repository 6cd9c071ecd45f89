import { defineConfig } from 'playwright/test'
import { isLoopback } from '../app/lib/tls.ts'
import { launchOptions } from './browser.ts'

const ONE_MINUTE = 60_000

// Once the global set-up has started our own server, its address is here. The workers read this file again.
const address = process.env.E2E_BASE_URL

// What a project leaves out because it couldn't differ there. Without the script: the script's own parts, and the
// accessibility scan, which is a script too. In all but the first: attacks, which meet the same server from every browser.
// A phone differs in looks and fingers, so it runs the tests with the tag @phone.
const withoutDifference = ['enhance', 'pages'].map((flow) => `**/${flow}.spec.ts`)
const attacks = '**/attacks/**'

export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  globalSetup: ['./browser.ts', './server.ts'],
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  // A failed test runs once more with a trace, because tracing every test would take half as long again. It stays failed.
  retries: 1,
  failOnFlakyTests: true,
  // A test whose authenticator has no code left waits up to thirty seconds.
  timeout: ONE_MINUTE,
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }], ['json', { outputFile: 'results.json' }]],
  use: {
    // On this machine a self-signed certificate is good enough, for trying a proxy.
    ...(address ? { baseURL: address, ignoreHTTPSErrors: isLoopback(new URL(address).hostname) } : {}),
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 800 },
    trace: 'on-first-retry',
    // Half faded in, things don't have their final colours.
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'chromium' },
    { name: 'no-javascript', use: { javaScriptEnabled: false }, testIgnore: [...withoutDifference, attacks] },
    {
      name: 'phone',
      grep: /@phone/,
      use: {
        viewport: { width: 360, height: 740 },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
        // One project looks at the pages in dark mode.
        colorScheme: 'dark',
        userAgent:
          'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      },
    },
  ],
})
