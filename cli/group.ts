import { z } from 'zod'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { addMember, createGroup, deleteGroup, listGroups, membersOf, removeMember } from '#app/operators/groups.ts'
import { account } from './account-named.ts'
import { command, option, Refused, word } from './command/command.ts'
import { moment } from './command/moments.ts'
import { groupWord, inWords } from './command/names.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

const GROUP = word(groupWord, 'The name of the group.')
const given = z.object({ reason: reasonOption() })
const by = (why: string | undefined) => ({ operatorId: null, reason: why ?? null, origin: COMMAND_LINE })

const REFUSED = {
  no_name: 'That is no name for a group.',
  there_already: 'There is a group of that name.',
  no_such_group: 'There is no group of that name.',
  no_such_account: 'There is no account of that address or username.',
  no_member: 'That account is not in the group.',
  over: 'That date has passed.',
}

function done<Result extends { ok: true } | { ok: false; reason: keyof typeof REFUSED }>(result: Result) {
  if (!result.ok) throw new Refused(`${REFUSED[result.reason]} Nothing was changed.`)
}

export const group = {
  list: command({
    does: 'Lists the groups, or who is in one of them now: fifty at a time.',
    words: z.object({ GROUP: word(groupWord.optional(), 'Only this group, with its members.') }),
    options: z.object({ after: option(z.string(), { value: 'NEXT', means: 'Go on after the page before.' }) }),
    run: ({ words, options }) =>
      words.GROUP === undefined ? groups(options.after) : members(words.GROUP, options.after),
  }),

  create: command({
    does: 'Makes a group.',
    words: z.object({ GROUP }),
    options: given,
    async run({ words, options }) {
      done(await opened((deps) => createGroup(deps, words.GROUP, by(options.reason))))
      return { said: `There is a group ${words.GROUP}.`, data: { name: words.GROUP } }
    },
  }),

  delete: command({
    does: 'Deletes a group. Its members keep their accounts.',
    words: z.object({ GROUP }),
    options: given,
    asks: true,
    async run({ words, options }, { confirm }) {
      if (!(await confirm(`Delete the group ${words.GROUP}?`))) throw new Refused('Nothing was changed.')
      done(await opened((deps) => deleteGroup(deps, words.GROUP, by(options.reason))))
      return { said: `The group ${words.GROUP} is deleted.`, data: { name: words.GROUP } }
    },
  }),

  add: command({
    does: 'Puts an account into a group, or gives it another end there.',
    words: z.object({ GROUP, EMAIL: account }),
    options: z.object({
      until: option(moment('--until'), { value: 'DATE', means: 'From then on it is as if it were not in it.' }),
      reason: reasonOption(),
    }),
    async run({ words, options }) {
      const until = options.until ?? null
      const wanted = { group: words.GROUP, called: words.EMAIL, until }
      const result = await opened((deps) => addMember(deps, wanted, by(options.reason)))
      done(result)
      const said = `${words.EMAIL} is in the group ${words.GROUP}${until ? ` until ${inWords(until)}` : ''}.`
      return { said, data: { group: words.GROUP, until, ...(result.ok && { account: result.account }) } }
    },
  }),

  remove: command({
    does: 'Takes an account out of a group.',
    words: z.object({ GROUP, EMAIL: account }),
    options: given,
    async run({ words, options }) {
      const wanted = { group: words.GROUP, called: words.EMAIL }
      const result = await opened((deps) => removeMember(deps, wanted, by(options.reason)))
      done(result)
      const said = `${words.EMAIL} is not in the group ${words.GROUP}.`
      return { said, data: { group: words.GROUP, ...(result.ok && { account: result.account }) } }
    },
  }),
}

async function groups(after: string | undefined) {
  const { groups: page, next } = await opened((deps) => listGroups(deps, after))
  const rows = page.map(({ name, members, createdAt }) => [name, members, inWords(createdAt)])
  return listed(
    'There are no groups.',
    table(['group', 'members', 'created'], rows),
    rows.length,
    'latchkey group list',
    {
      groups: page,
      next: next ?? null,
    },
  )
}

async function members(name: string, after: string | undefined) {
  const from = after === undefined ? undefined : Number(after)
  if (Number.isNaN(from)) throw new Refused('--after is what the page before said.')
  const found = await opened((deps) => membersOf(deps, name, from))
  if (!found) throw new Refused(REFUSED.no_such_group)
  const rows = found.members.map(({ email, username, until }) => [email, username, inWords(until)])
  const said = table(['account', 'username', 'until'], rows)
  return listed(`Nobody is in ${name}.`, said, rows.length, `latchkey group list ${name}`, {
    members: found.members,
    next: found.next ?? null,
  })
}

const listed = <Data extends { next: string | number | null }>(
  none: string,
  rows: string,
  many: number,
  again: string,
  data: Data,
) => ({
  said: many === 0 ? none : [rows, ...(data.next === null ? [] : [`More: ${again} --after ${data.next}`])].join('\n'),
  data,
})
