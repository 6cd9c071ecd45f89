import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'playwright/test'

const TEN_SECONDS = 10_000

export type ReceivedMail = { subject: string; text: string; link: string }

/**
 * The newest mail to the address whose subject matches and whose link isn't in `seen`. Waits for it, because the server
 * writes mail a moment after it answers.
 */
export async function mailTo(email: string, subject: RegExp, ...seen: string[]): Promise<ReceivedMail> {
  let found: ReceivedMail | undefined
  await expect(async () => {
    const received = await mailsTo(email)
    found = received.findLast((mail) => subject.test(mail.subject) && !seen.includes(mail.link))
    expect(found, `a mail ${subject} among ${received.map((mail) => mail.subject).join(' · ')}`).toBeDefined()
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

/** Subject, text and the link of a mail (RFC 5322; its parts in quoted-printable, RFC 2045 section 6.7). */
function read(eml: string): ReceivedMail {
  const lines = eml.replaceAll('\r\n', '\n')
  const part = lines.split('\n--').find((each) => /^content-type: text\/plain/im.test(each)) ?? ''
  const body = part.slice(part.indexOf('\n\n'))
  const text = /quoted-printable/i.test(part)
    ? body
        .replaceAll('=\n', '')
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : body
  const subject = /^Subject: (.*(?:\n[ \t].*)*)/m.exec(lines)?.[1]?.replaceAll(/\n[ \t]/g, ' ') ?? ''
  return { subject, text, link: /https?:\/\/\S+/.exec(text)?.[0] ?? '' }
}
