import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type APIRequestContext, expect, test } from 'playwright/test'

const TEN_SECONDS = 10_000

/**
 * The mails of a server that sends none and writes each as a file instead; its page says into which folder. Skips the test where
 * that folder is not on this machine, or the server sends its mails for real.
 */
export async function openMailbox(request: APIRequestContext): Promise<Mailbox> {
  const page = await (await request.get('/reset-password/sent')).text()
  const folder = /<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1] ?? ''
  test.skip(folder === '' || !path.isAbsolute(folder), 'The mails of this server can not be read from here.')
  return new Mailbox(folder)
}

export class Mailbox {
  constructor(readonly folder: string) {}

  /** The link in the newest mail to the address whose subject begins so, once there is one that is not among `seen`. */
  async linkIn(to: string, subject: string, seen: string[] = []): Promise<string> {
    let link = ''
    await expect(async () => {
      const mails = (await this.#mails()).filter((mail) => mail.to === to && mail.subject.startsWith(subject))
      link = mails.map(({ text }) => /https?:\/\/\S+\/mail\/\S+\?token=[\w-]{43}/.exec(text)?.[0] ?? '').at(-1) ?? ''
      expect(link, `a mail "${subject}" to ${to}`).not.toBe('')
      expect(seen).not.toContain(link)
    }).toPass({ timeout: TEN_SECONDS, intervals: [100] })
    return link
  }

  /** Oldest first: their names begin with the time. */
  async #mails() {
    const names = await readdir(this.folder).catch(() => [])
    const files = names.filter((name) => name.endsWith('.eml')).sort()
    return Promise.all(files.map(async (name) => readMail(await readFile(path.join(this.folder, name), 'utf8'))))
  }
}

/** Headers unfolded (RFC 5322 section 2.2.3), and the text with what quoted-printable did to it undone (RFC 2045 section 6.7). */
function readMail(file: string) {
  const [head = '', ...rest] = file.split(/\r?\n\r?\n/)
  const headers = head.replaceAll(/\r?\n[ \t]+/g, ' ')
  const header = (name: string) => new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(headers)?.[1] ?? ''
  const text = rest
    .join('\n\n')
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return { to: header('To').replaceAll(/[<>]/g, ''), subject: header('Subject'), text }
}
