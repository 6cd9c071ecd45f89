import { z } from 'zod'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { createAccount } from '#app/operators/new-accounts.ts'
import { addOperator, type RoleResult, removeOperator } from '#app/operators/roles.ts'
import { MAILED, made, NO_SUCH_ACCOUNT } from './account.ts'
import { account } from './account-named.ts'
import { command, Refused } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'

const REFUSED = {
  no_such_account: NO_SUCH_ACCOUNT,
  operator_already: 'That account is an operator already.',
  no_operator: 'That account is no operator.',
  last_operator: 'This is the last operator. Make another one first: latchkey operator add.',
} satisfies Record<Extract<RoleResult, { ok: false }>['reason'], string>

function done(result: RoleResult): string {
  if (!result.ok) throw new Refused(`${REFUSED[result.reason]} Nothing was changed.`)
  return result.email
}

export const operator = {
  add: command({
    does: 'Makes an account an operator. An address without an account gets one.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption() }),
    run: ({ words: { EMAIL }, options: { reason = null } }) =>
      opened(async (deps) => {
        const by = { operatorId: null, reason, origin: COMMAND_LINE }
        const result = await addOperator(deps, EMAIL, by)
        if (result.ok || result.reason !== 'no_such_account' || !EMAIL.includes('@')) {
          const email = done(result)
          return { said: `${email} is an operator.`, data: { email, isNew: false } }
        }
        const { email, username } = made(await createAccount(deps, { email: EMAIL, role: 'operator' }, by))
        return {
          said: `${email} is an operator, with a new account. ${MAILED}`,
          data: { email, username, isNew: true },
        }
      }),
  }),

  remove: command({
    does: 'Makes an operator a member again, in every session they have.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption() }),
    asks: true,
    async run({ words: { EMAIL }, options: { reason = null } }, { confirm }) {
      if (!(await confirm(`Shall ${EMAIL} no longer be an operator?`))) throw new Refused('Nothing was changed.')
      const by = { operatorId: null, reason, origin: COMMAND_LINE }
      const email = done(await opened((deps) => removeOperator(deps, EMAIL, by)))
      return { said: `${email} is a member.`, data: { email } }
    },
  }),
}
