import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type ReceivedMail = { file: string; to: string; subject: string; text: string; link: string }

/** The mails that the product has written into a folder, for want of a mail server. Oldest first: the names begin with the time. */
export async function mailsIn(folder: string): Promise<ReceivedMail[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml')).sort()
  const mails = files.map(async (name) => {
    const file = join(folder, name)
    const before = seen.get(file)
    if (before) return [before]
    const eml = await readFile(file, 'utf8').catch(() => undefined) // taken away meanwhile
    if (eml === undefined) return []
    const mail = read(file, eml)
    seen.set(file, mail)
    return [mail]
  })
  return (await Promise.all(mails)).flat()
}

/** By file, because a mail is put there whole, and never again under the same name. */
const seen = new Map<string, ReceivedMail>()

/** To whom, subject, text and the link of a mail (RFC 5322). */
function read(file: string, eml: string): ReceivedMail {
  const lines = eml.replaceAll('\r\n', '\n')
  const part = lines.split('\n--').find((each) => /^content-type: text\/plain/im.test(each)) ?? ''
  const text = decoded(part, part.slice(part.indexOf('\n\n')))
  const header = (name: string) =>
    new RegExp(`^${name}: (.*(?:\\n[ \\t].*)*)`, 'm').exec(lines)?.[1]?.replaceAll(/\n[ \t]/g, ' ') ?? ''
  return { file, to: header('To'), subject: header('Subject'), text, link: /https?:\/\/\S+/.exec(text)?.[0] ?? '' }
}

/** RFC 2045 sections 6.7 and 6.8. */
function decoded(part: string, body: string): string {
  if (/^content-transfer-encoding: base64/im.test(part)) return Buffer.from(body, 'base64').toString()
  if (!/^content-transfer-encoding: quoted-printable/im.test(part)) return body
  return body
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
