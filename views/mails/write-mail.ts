import { type Words, words } from '../words/words.ts'

type Mails = Words['mails']
type Values = { [About in keyof Mails]: Parameters<Mails[About]>[1] }
type Writers = { [About in keyof Values]: (site: string, values: Values[About]) => ReturnType<Mails[About]> }

/** What a mail tells, by the name of its words. */
type Told<About extends keyof Mails = keyof Mails> = {
  [Each in About]: { to: string; href?: string | undefined; about: Each; values: Values[Each] }
}[About]

/** A mail in words: paragraphs of plain text, and the one thing to press. `after` is below it, smaller. */
export type WrittenMail = {
  language: string
  to: string
  subject: string
  paragraphs: string[]
  link?: { text: string; href: string }
  after: string[]
}

/** Says what a mail tells. `site` is the name of the site. */
export function writeMail<About extends keyof Mails>(
  site: string,
  { to, href, about, values }: Told<About>,
): WrittenMail {
  const writers: Writers = words.mails
  const { subject, paragraphs, link, after = [] } = writers[about](site, values)
  return {
    language: words.language,
    to,
    subject,
    paragraphs,
    ...(link && href && { link: { text: link, href } }),
    after,
  }
}
