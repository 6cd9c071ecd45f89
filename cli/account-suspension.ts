import { z } from 'zod'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { resume, type SuspensionResult, suspend } from '#app/operators/suspension.ts'
import { account } from './account-named.ts'
import { command, Refused } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOf, reasonOption } from './command/reason.ts'

const REFUSED = {
  no_such_account: 'There is no account of that address or username.',
  suspended: 'The account is suspended already.',
  not_suspended: 'The account is not suspended.',
  last_operator: 'This is the last operator. Make another one first: latchkey operator add.',
} satisfies Record<Extract<SuspensionResult, { ok: false }>['reason'], string>

/** Verbs of the noun `account`. */
export const suspension = {
  suspend: command({
    does: 'Closes an account until it is resumed. Its owner is told the reason.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption() }),
    async run({ words, options }) {
      const by = { operatorId: null, reason: reasonOf(options), origin: COMMAND_LINE }
      const email = done(await opened((deps) => suspend(deps, words.EMAIL, by)))
      return {
        said: `${email} is suspended: signed out everywhere, and access tokens stop.`,
        data: { email, suspended: true },
      }
    },
  }),

  resume: command({
    does: 'Lets the owner of a suspended account sign in again.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption() }),
    async run({ words, options: { reason = null } }) {
      const by = { operatorId: null, reason, origin: COMMAND_LINE }
      const email = done(await opened((deps) => resume(deps, words.EMAIL, by)))
      return { said: `${email} can sign in again.`, data: { email, suspended: false } }
    },
  }),
}

function done(result: SuspensionResult): string {
  if (!result.ok) throw new Refused(`${REFUSED[result.reason]} Nothing was changed.`)
  return result.email
}
