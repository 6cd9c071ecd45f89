import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type LaunchOptions } from 'playwright'
import { installByApt, isRoot, onPath, succeeds } from '../tools/debian.ts'

const TWO_MINUTES = 2 * 60_000
const FIVE_MINUTES = 5 * 60_000
const TEN_MINUTES = 10 * 60_000

/**
 * Without Chromium's RenderDocument, the frame of one page shows the next one of the same site as well: a new one for each takes a third
 * of what opening a page takes. Playwright's own features are here too, because of two such switches only the last counts.
 */
const FRAME_STAYS = '--enable-features=CDPScreenshotNewSurface,RenderDocument:level/crashed-frame'

/**
 * How to launch the browser that `ensureBrowser` settled on: give it to `chromium.launch`, or as `launchOptions` to the
 * test runner. Without `CHROMIUM_PATH` it is Playwright's own Chromium.
 */
export function launchOptions(executable = process.env.CHROMIUM_PATH): LaunchOptions {
  return {
    args: [
      '--disable-background-networking',
      FRAME_STAYS,
      '--renderer-process-limit=1', // every test has a context of its own, and would start a process for its pages
      // Chromium's sandbox doesn't start for root, and most containers run as root.
      ...(isRoot() ? ['--no-sandbox'] : []),
    ],
    ...(executable ? { executablePath: executable } : {}),
  }
}

/** A Chromium, found or installed. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  await ensureBrowser()
  return chromium.launch(launchOptions())
}

/**
 * Makes sure that there is a Chromium to test with, and leaves its path in `CHROMIUM_PATH` for the worker processes
 * (unset: Playwright's own). A headless shell, such as Playwright's own, comes first: it's the same engine without a window,
 * and opens a page in a third of the time. Throws a sentence that says what to do when there is no browser and none could
 * be installed.
 */
export default async function ensureBrowser(): Promise<void> {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) {
    const refusal = await refusalToStart(chosen)
    if (refusal) throw new Error(`CHROMIUM_PATH is ${chosen}, which does not start: ${refusal}`)
    return
  }
  const refusals: string[] = []
  for (const find of [
    ...onPath(['chromium-headless-shell', 'chrome-headless-shell']),
    playwrightsOwn,
    shellInstalledByApt,
    ...systemBrowsers(),
    installedByPlaywright,
    chromiumInstalledByApt,
  ]) {
    const executable = typeof find === 'string' ? find : find()
    if (executable === undefined) continue
    const refusal = await refusalToStart(executable)
    if (!refusal) {
      if (executable !== PLAYWRIGHTS_OWN) process.env.CHROMIUM_PATH = executable
      return
    }
    refusals.push(`${executable || "Playwright's own"}: ${refusal}`)
  }
  throw new Error(
    [
      'There is no Chromium to run the browser tests with, and none could be installed.',
      'Install Chromium or Chrome, or run "npx playwright install --with-deps chromium", or set CHROMIUM_PATH to one.',
      ...refusals,
    ].join('\n'),
  )
}

const PLAYWRIGHTS_OWN = ''

const playwrightsOwn = () => PLAYWRIGHTS_OWN

/** Chrome and Chromium where the system keeps them: on the PATH, and in the usual places of macOS and Windows. */
function systemBrowsers(): string[] {
  const onMac = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  const onWindows = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'))
  return [
    ...onPath(['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']),
    ...[...onMac, ...onWindows].filter((file) => existsSync(file)),
  ]
}

function installedByPlaywright(): string | undefined {
  console.log('No Chromium here yet: asking Playwright for one.')
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url))
  return succeeds(process.execPath, [cli, 'install', 'chromium'], FIVE_MINUTES) ? PLAYWRIGHTS_OWN : undefined
}

/** As root on Debian, a container or a machine made for tests: 60 MB that halve the suite's time. */
const shellInstalledByApt = () => installedByApt('chromium-headless-shell', TWO_MINUTES)

const chromiumInstalledByApt = () => installedByApt('chromium', TEN_MINUTES)

function installedByApt(name: string, timeout: number): string | undefined {
  return installByApt([name], timeout) ? onPath([name])[0] : undefined
}

/** Undefined if the browser starts, or else the first line of why it doesn't. */
async function refusalToStart(executable: string): Promise<string | undefined> {
  try {
    const browser = await chromium.launch(launchOptions(executable))
    await browser.close()
    return undefined
  } catch (error) {
    return String(error).split('\n')[0]
  }
}
