import { en } from './en.ts'

/** Every sentence of pages, mails and messages. Another language is another table of this type. */
export type Words = typeof en

/** The words that pages and mails are written in now. A table made at import would keep the words of that moment: read them when they are said. */
export let words: Words = en

/** Chooses the language, once, before the first page. */
export function speak(language: Words): void {
  words = language
}
