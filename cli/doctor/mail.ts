import { isLoopback } from '#app/lib/tls.ts'
import { newId } from '#app/lib/tokens.ts'
import { mailTransport } from '#app/mail/transport.ts'
import { waitingMails } from '#db/stores/doctor.ts'
import type { Check, Said } from './check.ts'

export const mail: Check = {
  name: 'mail',
  async look({ config, baseUrl, database, mailTo }) {
    const check = 'mail'
    const said: Said[] = []
    if (config.smtpUrl === undefined)
      said.push({
        ...{ check, is: isLoopback(new URL(baseUrl).hostname) ? 'ok' : 'fault' },
        ...{ says: `mails become files in ${config.mailFolder}`, todo: 'Set SMTP_URL where people use the site.' },
      })
    else if (config.smtpPlain)
      said.push({ check, is: 'warning', says: 'mails may go without TLS', todo: 'Unset SMTP_PLAIN.' })
    else said.push({ check, is: 'ok', says: `to another machine than this, only over TLS` })
    const failing = database ? await waitingMails(database) : undefined
    if (failing !== undefined)
      said.push({
        check,
        is: 'warning',
        says: `mails wait after a failed try: ${failing}`,
        todo: 'Look for mail_failed in the log.',
      })
    if (mailTo === undefined)
      return [...said, { check, is: 'ok', says: 'none sent', todo: 'Send one to yourself: --mail EMAIL.' }]
    const message = {
      ...{ to: mailTo, subject: 'A mail from the doctor' },
      paragraphs: [`Latchkey at ${baseUrl} can send mails.`],
    }
    const delivery = await mailTransport({ ...config, baseUrl }).deliver({
      id: newId(),
      message,
      createdAt: new Date(),
    })
    if (delivery.ok)
      return [...said, { check, is: 'ok', says: `one is on its way to ${mailTo}`, todo: 'See that it arrives.' }]
    const { ok, ...why } = delivery
    return [
      ...said,
      { check, is: 'fault', says: `not taken: ${Object.values(why).join(' ')}`, todo: 'Look at SMTP_URL.' },
    ]
  },
}
