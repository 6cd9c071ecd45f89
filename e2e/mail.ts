import { expect } from 'playwright/test'
import { mailsIn, type ReceivedMail } from '#testing/mail-folder.ts'

const TEN_SECONDS = 10_000

/**
 * The newest mail to the address whose subject matches and whose link isn't in `seen`. Waits for it, because the server
 * writes mail a moment after it answers.
 */
export const mailTo = (email: string, subject: RegExp, ...seen: string[]): Promise<ReceivedMail> =>
  newestOf(email, `${subject}`, (mail) => subject.test(mail.subject) && !seen.includes(mail.link))

/** The newest mail to the address whose link leads there, in whatever language it is. */
export const mailLeadingTo = (email: string, path: string): Promise<ReceivedMail> =>
  newestOf(email, path, ({ link }) => link.includes(path))

async function newestOf(email: string, what: string, isIt: (mail: ReceivedMail) => boolean): Promise<ReceivedMail> {
  let found: ReceivedMail | undefined
  await expect(async () => {
    const received = await mailsTo(email)
    found = received.findLast(isIt)
    expect(found, `a mail ${what} among ${received.map((mail) => mail.subject).join(' · ')}`).toBeDefined()
  }).toPass({ timeout: TEN_SECONDS, intervals: [100] })
  return found as ReceivedMail
}

const mailsTo = async (email: string) =>
  (await mailsIn(process.env.E2E_MAIL_FOLDER ?? '')).filter(({ to }) => to === email)
