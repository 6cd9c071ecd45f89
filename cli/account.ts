import { z } from 'zod'
import { type AccountDetails, type ListedAccount, listAccounts, showAccount } from '#app/operators/accounts.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { createAccount, type NewAccountResult } from '#app/operators/new-accounts.ts'
import { signOutAccount } from '#app/operators/sign-out.ts'
import { account } from './account-named.ts'
import { command, option, Refused, WrongUsage, word } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

export const NO_SUCH_ACCOUNT = 'There is no account of that address or username.'

export const accounts = {
  list: command({
    does: 'Lists accounts, fifty at a time.',
    words: z.object({}),
    options: z.object({
      search: option(z.string(), { value: 'TEXT', means: 'Those whose address, username or name begins so.' }),
      after: option(z.string(), { value: 'PLACE', means: 'Go on where the page before ended.' }),
    }),
    async run({ options }) {
      const page = await opened((deps) => listAccounts(deps, options))
      if (!page) throw new WrongUsage('--after takes what the page before said.')
      const more = page.next ? `\n\nMore: --after ${page.next}` : ''
      return { said: page.accounts.length > 0 ? `${listed(page.accounts)}${more}` : 'None.', data: page }
    },
  }),

  show: command({
    does: 'Shows an account: where it is signed in, its second factor, access tokens, groups and last events.',
    words: z.object({ EMAIL: account }),
    options: z.object({}),
    async run({ words }) {
      const details = await opened((deps) => showAccount(deps, words.EMAIL))
      if (!details) throw new Refused(NO_SUCH_ACCOUNT)
      return { said: shown(details), data: details }
    },
  }),

  create: command({
    does: 'Makes an account. Its owner chooses the password by a link that we mail.',
    words: z.object({ EMAIL: word(z.string(), 'The address of its owner.') }),
    options: z.object({ reason: reasonOption() }),
    async run({ words, options: { reason = null } }) {
      const by = { operatorId: null, reason, origin: COMMAND_LINE }
      const { email, username } = made(await opened((deps) => createAccount(deps, { email: words.EMAIL }, by)))
      return { said: `${email} has an account, with the username ${username}. ${MAILED}`, data: { email, username } }
    },
  }),

  'sign-out': command({
    does: 'Signs an account out everywhere and freezes its access tokens.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption() }),
    asks: true,
    async run({ words, options: { reason = null } }, { confirm }) {
      if (!(await confirm(`Sign ${words.EMAIL} out everywhere, and freeze the access tokens?`)))
        throw new Refused('Nothing was changed.')
      const by = { operatorId: null, reason, origin: COMMAND_LINE }
      const result = await opened((deps) => signOutAccount(deps, words.EMAIL, by))
      if (!result.ok) throw new Refused(`${NO_SUCH_ACCOUNT} Nothing was changed.`)
      return { said: `${result.email} is signed out everywhere.`, data: { email: result.email } }
    },
  }),
}

export const MAILED = 'A link to choose a password is on its way there. It works once, within 30 minutes.'

const NOT_MADE = {
  no_address: 'That is no email address.',
  other_letters: 'Before its @, an address here can have only the letters a to z, digits, and signs such as . + and -.',
  too_long: 'That address is too long.',
  email_taken: 'There is an account of that address already, or the address is kept for one that left it.',
} satisfies Record<Extract<NewAccountResult, { ok: false }>['reason'], string>

export function made(result: NewAccountResult): { email: string; username: string } {
  if (!result.ok) throw new Refused(`${NOT_MADE[result.reason]} Nothing was changed.`)
  return result
}

const day = (at: Date | null): string => at?.toISOString().slice(0, 10) ?? ''
const minute = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never'

const state = ({ suspendedAt, endsAt }: ListedAccount): string =>
  suspendedAt ? 'suspended' : endsAt ? `until ${day(endsAt)}` : ''

const listed = (accounts: readonly ListedAccount[]): string =>
  table(
    ['EMAIL', 'USERNAME', 'NAME', 'ROLE', 'MADE', ''],
    accounts.map((each) => [
      ...[each.email, each.username, each.displayName ?? '', each.role, day(each.createdAt), state(each)],
    ]),
  )

function shown({ account, sessions, factors, recoveryCodesLeft, tokens, groups, events }: AccountDetails): string {
  const part = (title: string, headings: string[], rows: string[][]) =>
    `${title}${rows.length > 0 ? `\n${table(headings, rows)}` : ': none'}`
  return [
    table(
      ['ACCOUNT', account.email],
      [
        ['Username', account.username],
        ['Name', account.displayName ?? ''],
        ['Role', account.role],
        ['Made', minute(account.createdAt)],
        ['Address confirmed', minute(account.emailConfirmedAt)],
        ['Password changed', minute(account.passwordChangedAt)],
        ['Recovery codes left', `${recoveryCodesLeft}`],
        ...(account.suspendedAt
          ? [['Suspended', `${minute(account.suspendedAt)}: ${account.suspendedFor ?? ''}`]]
          : []),
        ...(account.endsAt ? [['Ends', minute(account.endsAt)]] : []),
        ...(account.deleteAt ? [['Is deleted', minute(account.deleteAt)]] : []),
        ...(account.tokensFrozenAt ? [['Access tokens frozen', minute(account.tokensFrozenAt)]] : []),
      ],
    ),
    part(
      'SESSIONS',
      ['STARTED', 'LAST SEEN', 'BY', 'BROWSER', 'ADDRESS'],
      sessions.map((each) => [
        ...[minute(each.startedAt), minute(each.lastSeenAt), each.client],
        ...[[each.browser, each.system].filter(Boolean).join(' on '), each.address],
      ]),
    ),
    part(
      'SECOND FACTOR',
      ['KIND', 'NAME', 'ADDED', 'LAST USED'],
      factors.map(({ kind, name, addedAt, lastUsedAt }) => [kind, name, minute(addedAt), minute(lastUsedAt)]),
    ),
    part(
      'ACCESS TOKENS',
      ['ID', 'DESCRIPTION', 'MADE', 'ENDS', 'LAST USED'],
      tokens.map((each) => [
        ...[each.id, each.description, day(each.createdAt), day(each.expiresAt) || 'never', minute(each.lastUsedAt)],
      ]),
    ),
    part(
      'GROUPS',
      ['GROUP', 'UNTIL'],
      groups.map(({ name, until }) => [name, until ? minute(until) : '']),
    ),
    part(
      'LAST EVENTS',
      ['AT', 'WHAT', 'ADDRESS', 'BY', 'REASON'],
      events.map(({ at, kind, address, actor, reason }) => [minute(at), kind, address, actor ?? '', reason ?? '']),
    ),
  ].join('\n\n')
}
