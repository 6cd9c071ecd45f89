import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'playwright/test'

const TEN_SECONDS = 10_000

export type ReceivedMail = { subject: string; text: string; link: string }

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

/** Oldest first, because the files' names begin with the time. */
async function mailsTo(email: string): Promise<ReceivedMail[]> {
  const folder = process.env.E2E_MAIL_FOLDER ?? ''
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.eml')).sort()
  const mails = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')))
  return mails.filter((eml) => eml.includes(`\nTo: ${email}\n`) || eml.includes(`\nTo: ${email}\r\n`)).map(read)
}

/** Subject, text and the link of a mail (RFC 5322). */
function read(eml: string): ReceivedMail {
  const lines = eml.replaceAll('\r\n', '\n')
  const part = lines.split('\n--').find((each) => /^content-type: text\/plain/im.test(each)) ?? ''
  const text = decoded(part, part.slice(part.indexOf('\n\n')))
  const subject = /^Subject: (.*(?:\n[ \t].*)*)/m.exec(lines)?.[1]?.replaceAll(/\n[ \t]/g, ' ') ?? ''
  return { subject, text, link: /https?:\/\/\S+/.exec(text)?.[0] ?? '' }
}

/** RFC 2045 sections 6.7 and 6.8. */
function decoded(part: string, body: string): string {
  if (/^content-transfer-encoding: base64/im.test(part)) return Buffer.from(body, 'base64').toString()
  if (!/^content-transfer-encoding: quoted-printable/im.test(part)) return body
  return body
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
