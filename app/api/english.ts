import { en } from '#views/words/en.ts'
import type { Origin } from '../lib/origin.ts'

/** What a field of the APIs says. Their answers are English, whatever language the pages speak. */
export const english = () => en.fields

/** Where something came from, as the APIs say it. */
export const originInEnglish = (of: Origin): { address: string; browser: string } => ({
  address: en.origins.address(of.address),
  browser: en.origins.browser(of),
})
