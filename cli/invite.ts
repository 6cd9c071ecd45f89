import { z } from 'zod'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { type Invited, invite as inviteSomebody } from '#app/operators/invitations.ts'
import { command, flag, option, Refused, repeated, word } from './command/command.ts'
import { moment } from './command/moments.ts'
import { emailWord, groupWord, inWords } from './command/names.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { shown } from './invitation.ts'

const END = moment('The end of a group')

/** `family` or `family:2026-12-31`. */
const membership = z.string().transform((text, context) => {
  const colon = text.indexOf(':')
  const name = groupWord.safeParse(colon < 0 ? text : text.slice(0, colon))
  const until = colon < 0 ? undefined : END.safeParse(text.slice(colon + 1))
  for (const { error } of [name, until ?? name])
    if (error) context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? '' })
  return { name: name.data ?? '', until: until?.data ?? null }
})

export const invite = {
  '': command({
    does: 'Makes a link with which one person creates an account. With an address it goes there by mail.',
    words: z.object({
      EMAIL: word(emailWord.optional(), 'The only address it is for. Without one, it is for whoever holds it.'),
    }),
    options: z.object({
      group: repeated(membership, { value: 'GROUP[:DATE]', means: 'The account is in this group, until then.' }),
      role: option(z.enum(['member', 'operator'], '--role is member or operator.'), {
        value: 'ROLE',
        means: 'member, or operator for somebody who runs this site.',
      }),
      expires: option(moment('--expires'), { value: 'DATE', means: 'When the link ends. In 7 days, if left out.' }),
      'account-ends': option(moment('--account-ends'), { value: 'DATE', means: 'When the account ends: for a guest.' }),
      print: flag('Print the link for an address, instead of sending it there.'),
      reason: reasonOption(),
    }),
    async run({ words, options }) {
      const email = words.EMAIL ?? null
      const wanted = {
        email,
        isSent: email !== null && !options.print,
        role: options.role ?? 'member',
        groups: options.group,
        expiresAt: options.expires,
        accountEndsAt: options['account-ends'] ?? null,
      }
      const by = { operatorId: null, reason: options.reason ?? null, origin: COMMAND_LINE }
      return await opened(async (deps) => {
        const made = await inviteSomebody(deps, wanted, by)
        if (!made.ok) throw new Refused(`${refusal(made)} Nothing was done.`)
        const until = inWords(made.invitation.expiresAt)
        const place = deps.mailDelivery.configured
          ? ''
          : ` No mail server is set, so it will be a file in ${deps.mailFolder}.`
        const said = made.link
          ? `This link makes one account, until ${until}. It is shown this once.\n\n${made.link}`
          : `An invitation is on its way to ${email}. It works once, until ${until}.${place}`
        return { said, data: { ...shown(made.invitation), ...(made.link && { link: made.link }) } }
      })
    },
  }),
}

function refusal(made: Exclude<Invited, { ok: true }>): string {
  switch (made.reason) {
    case 'sign_ups_closed':
      return 'SIGN_UP is closed, so an invitation would open nothing.'
    case 'no_address':
      return 'An invitation that is sent needs an address.'
    case 'over':
      return 'One of the dates has passed.'
    case 'too_late':
      return 'An invitation can last 366 days at most.'
    case 'no_such_group':
      return `There is no group ${made.group}.`
    case 'group_twice':
      return `The group ${made.group} is there twice.`
  }
}
