import { type Message, messageOf, openMail } from '#app/mail/mail.ts'
import * as schema from '#db/schema.ts'
import type { Browser } from './browser.ts'
import { builtReads } from './built-reads.ts'
import { BASE_URL, PASSWORD } from './names.ts'
import { newEmail, signIn, signUp, submit } from './people.ts'
import type { Latchkey } from './product.ts'

/** What is queued for an address, oldest first. */
export async function mailsTo(product: Latchkey, email: string): Promise<Message[]> {
  const rows = await reads(product.database).execute()
  return rows
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1))
    .flatMap((row) => openMail(product.vault, row) ?? [])
    .filter(({ to }) => to === email)
    .map((queued) => messageOf(queued, product.deps.writeMail))
}

const reads = builtReads((db) => db.select().from(schema.mails).prepare())

/** The newest one whose subject matches, with its link as a path of the product. */
export async function mailTo(product: Latchkey, email: string, subject: RegExp): Promise<Message & { path: string }> {
  const mail = (await mailsTo(product, email)).findLast((each) => subject.test(each.subject))
  if (!mail) throw new Error(`No mail ${subject} for ${email}.`)
  return { ...mail, path: mail.link?.href.slice(BASE_URL.length) ?? '' }
}

/** Follows the link to the page with the form. */
export async function followed(browser: Browser, path: string) {
  const answer = await browser.get(path)
  if (answer.status !== 303) throw new Error(`the link answered ${answer.status}: ${answer.text}`)
  return browser.get(answer.location ?? '')
}

/** The path of the page with the form, for a browser that already has the link. */
export const pageOf = (path: string): string => path.split('?')[0] ?? ''

/** A new account with a confirmed address, from a site with a mail server. Nobody is signed in. */
export async function confirmedAccount(product: Latchkey): Promise<string> {
  const email = newEmail()
  await signUp(product.browser(), { email, password: PASSWORD })
  const { path } = await mailTo(product, email, /^Confirm your email/)
  const browser = product.browser()
  await followed(browser, path)
  await submit(browser, pageOf(path))
  return email
}

/** A browser signed in to an account without a second factor. */
export async function signedInBrowser(product: Latchkey, email: string, password = PASSWORD): Promise<Browser> {
  const browser = product.browser()
  await signIn(browser, { email, password })
  return browser
}

/** Asks for a reset link and reads it from the mail. */
export async function resetLink(product: Latchkey, email: string): Promise<string> {
  await product.browser().post('/reset-password', { email })
  return (await mailTo(product, email, /^Reset/)).path
}
