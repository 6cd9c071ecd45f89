// The product as app/process/server.ts starts it in one process, but for what a password costs. For suites whose server is theirs alone.
import { readConfig } from '#app/config.ts'
import { serve } from '#app/process/serve.ts'
import { createLog } from '#app/watch/log.ts'
import { createMetrics, noMetrics } from '#app/watch/metrics.ts'
import { QUICK } from './quick-hashes.ts'

const config = readConfig(process.env)
const { url, stop } = await serve(config, {
  log: createLog({ level: config.logLevel }),
  metrics: config.metricsToken === undefined ? noMetrics : await createMetrics(),
  passwordCost: QUICK,
})
console.log(`Latchkey is at ${url} · for tests`)
process.once('SIGTERM', stop)
