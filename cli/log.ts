import { z } from 'zod'
import { exportedLog } from '#app/operators/log/export.ts'
import { type Finding, type Verdict, verifyLog, type Wrong } from '#app/operators/log/verify.ts'
import { ownerNamed } from '#app/operators/owners.ts'
import { command, option, PRINTED, Refused } from './command/command.ts'
import { moment } from './command/moments.ts'
import { opened } from './command/opened.ts'

const FORMATS = ['jsonl', 'csv'] as const

export const log = {
  export: command({
    does: 'Prints the log of security events, oldest first, a line for each.',
    words: z.object({}),
    options: z.object({
      since: option(moment('--since'), { value: 'DATE', means: 'From then on.' }),
      account: option(z.string(), { value: 'EMAIL', means: 'Of this account alone. A username will do.' }),
      format: option(z.enum(FORMATS, `--format must be ${FORMATS.join(' or ')}.`), {
        value: FORMATS.join('|'),
        means: 'Lines of JSON, as without it, or of CSV.',
      }),
    }),
    async run({ options: { since, account, format = 'jsonl' } }, { print }) {
      await opened(async (deps) => {
        const owner = account === undefined ? undefined : await ownerNamed(deps, account)
        if (account !== undefined && !owner) throw new Refused(`There is no account ${account}.`)
        for await (const line of exportedLog(deps, { since, accountId: owner?.id, format })) print(line)
      })
      return PRINTED
    },
  }),

  verify: command({
    does: 'Says whether somebody has edited, removed or added events in the database, and which.',
    words: z.object({}),
    options: z.object({
      end: option(
        z
          .string()
          .regex(/^\d{1,15}\.[\w-]{43}$/, '--end must be as log verify printed it.')
          .transform((text) => ({ position: Number(text.split('.')[0]), digest: text.split('.')[1] ?? '' })),
        { value: 'END', means: 'As an earlier log verify printed it: whether the log still has that.' },
      ),
    }),
    async run({ options }) {
      const verdict = await opened((deps) => verifyLog(deps, options.end))
      return { said: inWords(verdict), data: verdict, isNo: verdict.findings.length > 0 }
    },
  }),
}

function inWords({ sealed, withoutPerson, forgotten, end, findings }: Verdict): string {
  const last = end && `${end.position}.${end.digest}`
  return [
    ...(findings.length === 0
      ? [`${sealed} sealed events: none was edited, removed or added.`]
      : [`Somebody changed the log in the database. In its order, ${findings.length} of what is wrong:`]),
    ...findings.map(sentence),
    ...(withoutPerson > 0 ? [`${withoutPerson} are without their person, whose account is gone.`] : []),
    ...(forgotten > 0 ? [`${forgotten} before them were kept for EVENTS_KEPT_DAYS and are gone.`] : []),
    ...(last ? [`The log ends at ${last}: keep that elsewhere, and ask for it with --end.`] : []),
  ].join('\n')
}

const WORDS: Record<Wrong, string> = {
  event_edited: 'was edited',
  event_removed: 'was removed, and its seal is there',
  event_added: 'was added, or written while a clock was minutes behind',
  seal_edited: 'has a seal that none of the keys made',
  seals_removed: 'was removed with its seal',
  beginning_edited: 'is where the log began, and that was edited',
  end_edited: 'is where the log ended, and that was edited',
  known_end_gone: 'was the end that you know, and is there no longer',
}

const sentence = ({ wrong, position, eventId, at }: Finding) =>
  `  ${[
    position !== null && `number ${position}`,
    eventId !== null && `event ${eventId}`,
    at && `of ${at.toISOString()}`,
  ]
    .filter((part) => part)
    .join(', ')} ${WORDS[wrong]}`
