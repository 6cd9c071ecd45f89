// Brings in what tests need and npm doesn't have: programs, and a browser.
import { bringIn, FOR_THE_TESTS } from '../tools/debian.ts'
import ensureBrowser from './browser.ts'

bringIn(FOR_THE_TESTS)
await ensureBrowser().catch(() => {}) // the browser suite says what to do
