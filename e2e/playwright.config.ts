import { defineConfig } from 'playwright/test'
import { isLoopback } from '../app/lib/tls.ts'
import { launchOptions } from './browser.ts'

const ONE_MINUTE = 60_000

// A run of its own server finds its address here once the global set-up has started it: the workers read this file again.
const address = process.env.E2E_BASE_URL

// What a project leaves out, because it could not come out differently there. Without the script: the script's own pieces,
// and the accessibility scan, which is a script too. Anywhere but in the first: attacks, which meet the same server from
// every browser. On the phone it is the looks that differ, and the fingers: tests that have the
// tag @phone.
const withoutDifference = ['enhance', 'pages'].map((flow) => `**/${flow}.spec.ts`)
const attacks = '**/attacks/**'

export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  globalSetup: ['./browser.ts', './server.ts'],
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  // A failed test runs once more, with a trace: tracing every test would take half as long again. Failed once is failed.
  retries: 1,
  failOnFlakyTests: true,
  // A test whose authenticator has no code left waits up to thirty seconds for the next.
  timeout: ONE_MINUTE,
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }], ['json', { outputFile: 'results.json' }]],
  use: {
    // On this machine a certificate of one's own is good enough, as behind a proxy that is tried out.
    ...(address ? { baseURL: address, ignoreHTTPSErrors: isLoopback(new URL(address).hostname) } : {}),
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 800 },
    trace: 'on-first-retry',
    // What is half faded in has not the colours that it will have.
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
        // One project looks at the pages in the dark.
        colorScheme: 'dark',
        userAgent:
          'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      },
    },
  ],
})
