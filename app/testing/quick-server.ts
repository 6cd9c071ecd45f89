// The product as app/server.ts starts it in one process, but for what a password costs. For suites whose server is theirs alone.
import { readConfig } from '../config.ts'
import { serve } from '../serve.ts'
import { createLog } from '../watch/log.ts'
import { noMetrics } from '../watch/metrics.ts'
import { QUICK } from './quick-hashes.ts'

const config = readConfig(process.env)
const { url, stop } = await serve(config, {
  log: createLog({ level: config.logLevel }),
  metrics: noMetrics,
  passwordCost: QUICK,
})
console.log(`Latchkey is at ${url} · for tests`)
process.once('SIGTERM', stop)
