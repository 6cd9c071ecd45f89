import { readFileSync } from 'node:fs'
import type axe from 'axe-core'
import { type CDPSession, expect, type Page } from 'playwright/test'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/** Half as long as `axe.source`, which is written for people. */
const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const LOOKS_AND_FINGERS = ['color-contrast', 'target-size', 'link-in-text-block', 'meta-viewport']
const COLORS = ['color-contrast', 'link-in-text-block']

const NARROWEST = { width: 360, height: 740 } // CSS pixels
const WIDE = { width: 1280, height: 800 }

export async function onPhone(page: Page): Promise<void> {
  await page.setViewportSize(NARROWEST)
  await page.emulateMedia({ colorScheme: 'dark' })
}

async function onDesk(page: Page): Promise<void> {
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light' })
}

/** On the narrow, dark screen where it was opened: what looks or fingers can change, and no sideways scrolling. */
export async function expectFitsPhone(page: Page, name?: string): Promise<void> {
  await expectNoViolations(page, LOOKS_AND_FINGERS)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect.soft(width, name).toBeLessThanOrEqual(NARROWEST.width)
}

/** The same page on a wide, light screen: everything that WCAG 2.2 AA asks for. */
export async function expectAccessible(page: Page): Promise<void> {
  await onDesk(page)
  await expectNoViolations(page, WCAG_2_2_AA)
}

/** In the colors that the page has now. */
export const expectContrast = (page: Page): Promise<void> => expectNoViolations(page, COLORS)

/** Axe goes into a document once, and only what it found comes back: the whole result is a thousand times as much. */
async function expectNoViolations(page: Page, runOnly: string[]): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await bringAxe(page)
  const found = await page.evaluate(async (only) => {
    const { violations } = await window.axe.run({ runOnly: only, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
  }, runOnly)
  expect.soft(found).toEqual([])
}

/** By the browser's own protocol: Playwright would give it to `eval`, which takes three times as long for a script of this size. */
async function bringAxe(page: Page): Promise<void> {
  const browser = consoles.get(page) ?? page.context().newCDPSession(page)
  consoles.set(page, browser)
  const { exceptionDetails } = await (await browser).send('Runtime.evaluate', { expression: `${AXE};0` })
  if (exceptionDetails) throw new Error(exceptionDetails.text)
}

const consoles = new WeakMap<Page, Promise<CDPSession>>()
