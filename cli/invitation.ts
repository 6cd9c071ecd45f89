import { z } from 'zod'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { type Invitation, listInvitations, revokeInvitation, type State } from '#app/operators/invitations.ts'
import { command, option, Refused, word } from './command/command.ts'
import { inWords } from './command/names.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

type Listed = Invitation & { groups: readonly { name: string; until: Date | null }[]; state?: State }

export const invitation = {
  list: command({
    does: 'Lists invitations, the latest first: fifty at a time.',
    words: z.object({}),
    options: z.object({ after: option(z.string(), { value: 'NEXT', means: 'Go on after the page before.' }) }),
    async run({ options }) {
      const { invitations, next } = await opened((deps) => listInvitations(deps, options.after))
      const more = next ? [`More: latchkey invitation list --after ${next}`] : []
      const said = invitations.length === 0 ? 'There are no invitations.' : [inTable(invitations), ...more].join('\n')
      return { said, data: { invitations: invitations.map(shown), next: next ?? null } }
    },
  }),

  revoke: command({
    does: 'Takes an invitation back: its link makes no account.',
    words: z.object({ ID: word(z.string(), 'As "invitation list" has it.') }),
    options: z.object({ reason: reasonOption() }),
    async run({ words, options }) {
      const by = { operatorId: null, reason: options.reason ?? null, origin: COMMAND_LINE }
      const { ok } = await opened((deps) => revokeInvitation(deps, words.ID, by))
      if (!ok) throw new Refused(`There is no invitation ${words.ID} that could still be used. Nothing was changed.`)
      return { said: `The invitation ${words.ID} makes no account any longer.`, data: { id: words.ID } }
    },
  }),
}

const inTable = (invitations: Listed[]) =>
  table(
    ['id', 'for', 'role', 'groups', 'is', 'ends', 'account ends'],
    invitations.map(({ id, email, role, groups, state = 'open', expiresAt, accountEndsAt }) => [
      id,
      email ?? 'whoever holds it',
      role,
      groups.map(({ name, until }) => (until ? `${name}:${inWords(until)}` : name)).join(' '),
      state,
      inWords(expiresAt),
      accountEndsAt ? inWords(accountEndsAt) : '',
    ]),
  )

/** For programs. Nothing in it opens anything. */
export const shown = ({ id, email, role, groups, state = 'open', ...of }: Listed) => ({
  ...{ id, email, role, state },
  groups: groups.map(({ name, until }) => ({ name, until })),
  ...{ createdAt: of.createdAt, expiresAt: of.expiresAt, accountEndsAt: of.accountEndsAt, sentAt: of.sentAt },
  ...{ usedAt: of.usedAt, usedBy: of.usedBy, revokedAt: of.revokedAt },
})
