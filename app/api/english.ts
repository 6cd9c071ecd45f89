import { en } from '#views/words/en.ts'

/** What a field of the APIs says. Their answers are English, whatever language the pages speak. */
export const english = () => en.fields
