// A command of an operator, over a database whose transactions pass points. It dies at the point of that number, or at none for 0.
import { removeDueAccounts } from '../../../app/account/deletions.ts'
import { readConfig } from '../../../app/config.ts'
import { wire } from '../../../app/deps.ts'
import { COMMAND_LINE } from '../../../app/operators/command-line.ts'
import { deleteAccount } from '../../../app/operators/deletion.ts'
import { reseal } from '../../../app/operators/keys.ts'
import { open } from '../../../app/process/open.ts'
import { QUICK } from '../../../testing/quick-hashes.ts'
import { counted, withPoints } from './points.ts'

const [name = '', dieAt = '0'] = process.argv.slice(2)
const config = readConfig(process.env)
const { database, vault } = await open(config)
const deps = wire({
  database: withPoints(database),
  vault,
  settings: { ...config, baseUrl: config.baseUrl ?? '' },
  now: () => new Date(),
  passwordCost: QUICK,
})
const { EMAIL: email = '' } = process.env
const commands: Record<string, () => Promise<unknown>> = {
  reseal: () => reseal(deps),
  delete: () => deleteAccount(deps, email, { operatorId: null, reason: 'Left', origin: COMMAND_LINE }, email),
  async 'delete what is due'() {
    for await (const removed of removeDueAccounts(deps, 1)) if (removed !== 1) throw new Error('Nothing was due.')
  },
}
await counted(Number(dieAt), async (run) => {
  await commands[name]?.()
  console.log(JSON.stringify(run.passed))
})
await database.close()
