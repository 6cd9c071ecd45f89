import { z } from 'zod'
import { reasonOf } from '#app/lib/reasons.ts'
import type { Acting } from '#app/operators/acting.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { importAccounts, type Row } from '#app/operators/import/import.ts'
import { command, flag, type Outcome, Refused, word } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { rowsOfAccounts } from './import/accounts-file.ts'
import { devicesOf, NO_DEVICES } from './import/authelia-devices.ts'
import { rowsOfAuthelia } from './import/authelia-users.ts'
import { report } from './import/report.ts'
import { readTextFile } from './import/text-file.ts'

const options = z.object({
  write: flag('Make the accounts. Without it, nothing is written and you see what would be.'),
  reason: reasonOption(),
})

export const imports = {
  authelia: command({
    does: "Makes accounts of Authelia's users: with their passwords, authenticators and groups. A dry run, unless --write is there.",
    words: z.object({
      USERS: word(z.string(), "Authelia's users file, such as users_database.yml."),
      TOTP: word(z.string().optional(), 'What `authelia storage user totp export uri` printed, in a file.'),
    }),
    options,
    async run({ words, options }) {
      const users = await readTextFile(words.USERS)
      const devices = words.TOTP === undefined ? NO_DEVICES : devicesOf(await readTextFile(words.TOTP))
      return await imported(rowsOfAuthelia(users, devices), options)
    },
  }),

  accounts: command({
    does: 'Makes accounts of the lines of a file in JSON. A dry run, unless --write is there.',
    words: z.object({ FILE: word(z.string(), 'A line for each person: docs/operating.md says what is in it.') }),
    options,
    run: async ({ words, options }) => imported(rowsOfAccounts(await readTextFile(words.FILE)), options),
  }),
}

async function imported(rows: Row[], { write, reason }: z.output<typeof options>): Promise<Outcome> {
  const by: Acting = { operatorId: null, reason: reason ?? null, origin: COMMAND_LINE }
  let made = 0
  const done = await opened(async (deps) => {
    try {
      return await importAccounts(deps, rows, { write }, by, ({ outcome }) => void (outcome === 'made' && made++))
    } catch (error) {
      if (!write) throw error
      const why = reasonOf(error).replace(/\.?$/, '.')
      throw new Refused(`${why} ${made} accounts were made before. Run it again: it goes on where it stopped.`)
    }
  })
  return report(done, write)
}
