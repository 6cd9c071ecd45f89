import { z } from 'zod'
import { LEVELS } from '#app/identity/policy.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { type PolicyRefused, policiesNow, type SetPolicy, setPolicy } from '#app/operators/policy.ts'
import { command, option, Refused, word } from './command/command.ts'
import { moment } from './command/moments.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'

const level = z.enum(LEVELS, `The level is one of ${LEVELS.join(', ')}.`)

const REFUSED: Record<PolicyRefused['reason'], string> = {
  no_such_group: 'There is no group of that name.',
  weaker_than_setting: 'SECOND_FACTOR asks for more than that, of everybody. A policy can only ask for more.',
}

export const policy = {
  show: command({
    does: 'Shows who needs a second factor, and from when.',
    words: z.object({}),
    options: z.object({}),
    async run() {
      const { setting, policies } = await opened(policiesNow)
      const lines = [`SECOND_FACTOR=${setting} holds for everybody.`, ...policies.map(sentence)]
      return { said: lines.join('\n'), data: { setting, policies: policies.map(inJson) } }
    },
  }),

  set: command({
    does: 'Sets what is asked of everybody, or of one group, beside the password.',
    words: z.object({ LEVEL: word(level, `${LEVELS.join(', ')}. "optional" takes the policy back.`) }),
    options: z.object({
      group: option(z.string(), { value: 'GROUP', means: 'Only for this group.' }),
      from: option(moment('--from'), {
        value: 'DATE',
        means: 'From when on: 2026-12-31, or 2026-12-31T18:00:00Z. Now, if left out.',
      }),
      reason: reasonOption(),
    }),
    async run({ words, options: { group, from, reason = null } }) {
      const by = { operatorId: null, reason, origin: COMMAND_LINE }
      const done = await opened((deps) => setPolicy(deps, { level: words.LEVEL, group, from }, by))
      if (!done.ok) throw new Refused(`${REFUSED[done.reason]} Nothing was changed.`)
      const { policy } = done
      const said = policy ? sentence(policy) : `Nothing more is asked of ${group ?? 'everybody'} than by SECOND_FACTOR.`
      return { said, data: { policy: policy ? inJson(policy) : null } }
    },
  }),
}

const sentence = ({ group, level, holdsFrom }: SetPolicy) =>
  `${group ?? 'Everybody'}: ${level} from ${holdsFrom.toISOString()} on.`

const inJson = ({ holdsFrom, ...of }: SetPolicy) => ({ ...of, holdsFrom: holdsFrom.toISOString() })
