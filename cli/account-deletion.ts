import { z } from 'zod'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { type DeletionResult, deleteAccount } from '#app/operators/deletion.ts'
import { ownerNamed } from '#app/operators/owners.ts'
import { account } from './account-named.ts'
import { command, Refused } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOf, reasonOption } from './command/reason.ts'

const REFUSED = {
  no_such_account: 'There is no account of that address or username.',
  not_its_address: 'The account has another address now.',
  last_operator: 'This is the last operator. Make another one first: latchkey operator add.',
} satisfies Record<Extract<DeletionResult, { ok: false }>['reason'], string>

const refusal = (reason: keyof typeof REFUSED) => new Refused(`${REFUSED[reason]} Nothing was changed.`)

/** A verb of the noun `account`. */
export const deletion = {
  delete: command({
    does: 'Deletes an account and everything that belongs to it, at once. Asks for its address.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption() }),
    asks: true,
    async run({ words, options }, { confirm }) {
      const by = { operatorId: null, reason: reasonOf(options), origin: COMMAND_LINE }
      return opened(async (deps) => {
        const owner = await ownerNamed(deps, words.EMAIL)
        if (!owner) throw refusal('no_such_account')
        const { email } = owner
        if (!(await confirm(`Delete ${email} and everything that belongs to it? Nothing brings it back.`, email)))
          throw new Refused('Nothing was changed.')
        const result = await deleteAccount(deps, email, by, email)
        if (!result.ok) throw refusal(result.reason)
        return {
          said: `${email} is deleted. Its events stay in the log, without the person.`,
          data: { email, deleted: true },
        }
      })
    },
  }),
}
