// A command of an operator, over a database whose transactions pass points. It dies at the point of that number, or at none for 0.
import { readConfig } from '../../../app/config.ts'
import { wire } from '../../../app/deps.ts'
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
const commands: Record<string, () => Promise<unknown>> = {
  reseal: () => reseal(deps),
}
await counted(Number(dieAt), async (run) => {
  await commands[name]?.()
  console.log(JSON.stringify(run.passed))
})
await database.close()
