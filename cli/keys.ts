import { z } from 'zod'
import { rotateKeys } from '#app/openid/keys.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { type KeyReport, keyReport, reseal } from '#app/operators/keys.ts'
import type { SealedTable } from '#app/operators/sealed-values.ts'
import { command, flag, Refused } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

export const keys = {
  list: command({
    does: 'Says how many values of the database each key opens, and which key may go.',
    words: z.object({}),
    options: z.object({}),
    async run() {
      const report = await opened(keyReport)
      return { said: inWords(report), data: report }
    },
  }),

  reseal: command({
    does: 'Seals with the newest key whatever older keys opened, while the server runs. May be stopped and run again.',
    words: z.object({}),
    options: z.object({}),
    async run(_, { tell }) {
      const report = await opened((deps) => reseal(deps, (of, rows) => tell(`${CALLED[of]}: ${rows} sealed again`)))
      return { said: inWords(report), data: report }
    },
  }),

  rotate: command({
    does: 'Makes new keys for ID tokens. Apps can read them for a day before they sign.',
    words: z.object({}),
    options: z.object({
      stolen: flag('The old ones are in wrong hands: they end now, with every ID token that they signed.'),
      reason: reasonOption(),
    }),
    asks: true,
    async run({ options }, { confirm }) {
      const isStolen = options.stolen
      if (isStolen && !(await confirm('End the present keys now?'))) throw new Refused('Nothing was changed.')
      const by = { operatorId: null, reason: options.reason ?? null, origin: COMMAND_LINE }
      const result = await opened((deps) => rotateKeys(deps, by, { isStolen }))
      if (!result.ok && result.wrong === 'no_keys')
        throw new Refused('No key has signed an ID token yet. Nothing was changed.')
      if (!result.ok)
        throw new Refused(`New keys sign from ${result.usedFrom.toISOString()}. Until then, nothing was changed.`)
      const { algs, usedFrom, endsAt } = result
      const said = isStolen
        ? `New keys sign now: ${algs.join(', ')}. The old ones have ended. A server that runs hears of it within a minute; restart it if that is too long.`
        : `New keys sign from ${usedFrom.toISOString()}: ${algs.join(', ')}. The old ones end at ${endsAt.toISOString()}.`
      return { said, data: { algs, usedFrom, endsAt } }
    },
  }),
}

const CALLED: Record<SealedTable, string> = {
  factors: 'authenticators',
  recovery_codes: 'recovery codes',
  mails: 'mails',
  mail_links: 'links in mails',
  pending_enrolments: 'set-ups that have begun',
  openid_records: 'sign-ins at other apps',
  openid_keys: 'keys for ID tokens',
  event_seals: 'seals of events',
  event_chain_ends: 'ends of the log',
}
const columns = Object.entries(CALLED) as [SealedTable, string][]

function inWords({ keys, mayGo, opensWithNone, firstOfThem }: KeyReport): string {
  const rows = keys.map(({ id, is, values }) => [id, is, ...columns.map(([of]) => values[of] ?? 0)])
  return [
    table(['key', 'is', ...columns.map(([, called]) => called)], rows),
    '',
    ...mayGo.map(
      (id) =>
        `${id} may go: nothing in the database needs it. Wait 15 minutes if people may be setting up a second factor.`,
    ),
    ...keys.filter(({ is, id }) => is === 'old' && !mayGo.includes(id)).map(({ id }) => `${id} has to stay.`),
    ...(opensWithNone === 0
      ? ['Every value opens with one of the keys.']
      : [`${opensWithNone} open with none of the keys:`, ...firstOfThem.map(whichOne)]),
  ].join('\n')
}

const whichOne = ({ table: of, key, accountId }: KeyReport['firstOfThem'][number]) =>
  `  ${of} ${key}${accountId === null ? '' : ` of the account ${accountId}`}`
