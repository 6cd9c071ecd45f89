import { z } from 'zod'
import type { Deps } from '#app/deps.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { approveRescue, beginRescue, operatorNamed, type RescueResult } from '#app/operators/rescue.ts'
import { account } from './account-named.ts'
import { command, type Outcome, option, Refused } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOf, reasonOption } from './command/reason.ts'

const REFUSED: Record<Extract<RescueResult, { ok: false }>['reason'], string> = {
  no_such_account: 'There is no account of that address or username.',
  suspended: 'The account is suspended. Resume it first.',
  no_second_factor: 'The account has no second factor, so there is nothing to rescue: the password alone opens it.',
  no_operator: 'With RESCUE_APPROVALS=2, say which operator you are: --as EMAIL.',
  nothing_to_approve:
    'Nothing waits for your approval. Another operator has to ask first, at most 15 minutes ago: latchkey account rescue.',
}

const as = () =>
  option(z.string(), { value: 'EMAIL', means: 'Which operator you are. Needed with RESCUE_APPROVALS=2.' })

/** Verbs of the noun `account`. */
export const rescue = {
  rescue: command({
    does: 'Makes a code that lets the owner of an account set up a lost second factor again.',
    words: z.object({ EMAIL: account }),
    options: z.object({ reason: reasonOption(), as: as() }),
    async run({ words, options }) {
      const reason = reasonOf(options)
      return opened(async (deps) => {
        const operatorId = await idOf(deps, options.as)
        return outcome(await beginRescue(deps, words.EMAIL, { operatorId, reason, origin: COMMAND_LINE }))
      })
    },
  }),

  'rescue-approve': command({
    does: 'Approves what another operator asked for with "account rescue", and shows the code.',
    words: z.object({ EMAIL: account }),
    options: z.object({ as: as() }),
    async run({ words, options }) {
      return opened(async (deps) => {
        const operatorId = await idOf(deps, options.as)
        return outcome(await approveRescue(deps, words.EMAIL, { operatorId, reason: null, origin: COMMAND_LINE }))
      })
    },
  }),
}

async function idOf(deps: Deps, name: string | undefined): Promise<number | null> {
  if (name === undefined) return null
  const id = await operatorNamed(deps, name)
  if (id === undefined) throw new Refused(`${name} is no operator. Nothing was changed.`)
  return id
}

function outcome(result: RescueResult): Outcome {
  if (!result.ok) throw new Refused(`${REFUSED[result.reason]} Nothing was changed.`)
  const { email, code, until } = result
  const data = { email, code: code ?? null, until: until.toISOString() }
  if (code === undefined)
    return {
      said: `Another operator has 15 minutes to approve: latchkey account rescue-approve ${email} --as EMAIL.`,
      data,
    }
  return {
    said: `${code} is the code for ${email}, shown this once. It works until ${until.toISOString()}: after the password, choose "I have a code from an operator". A mail tells ${email} about it.`,
    data,
  }
}
