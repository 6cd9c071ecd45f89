import { z } from 'zod'
import { type KeyReport, keyReport, reseal } from '#app/operators/keys.ts'
import type { SealedTable } from '#app/operators/sealed-values.ts'
import { command } from './command.ts'
import { opened } from './opened.ts'
import { table } from './table.ts'

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
