// The product as app/process/server.ts wires it, and ways to hurt it from outside: a wrong clock, a database file that can't grow,
// and a request during which the process dies.
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type Sqlite from 'better-sqlite3'
import { createApp } from '../../../app/app.ts'
import { readConfig } from '../../../app/config.ts'
import { wire } from '../../../app/deps.ts'
import type { AppEnv } from '../../../app/http/env.ts'
import { open } from '../../../app/process/open.ts'
import { QUICK } from '../../../testing/quick-hashes.ts'
import { counted, point, withPoints } from './points.ts'

const clockIsOff = Number(process.env.CLOCK_OFF_BY_MS ?? 0)

try {
  await start()
} catch (error) {
  console.error(`Latchkey did not start: ${(error as Error).message}`)
  process.exitCode = 1
}

async function start() {
  const config = readConfig(process.env)
  const { database, vault } = await open(config)
  const deps = wire({
    database: withPoints(database),
    vault,
    settings: { ...config, baseUrl: config.baseUrl ?? '' },
    now: () => new Date(Date.now() + clockIsOff),
    passwordCost: QUICK,
  })
  const app = createApp(deps, (error) => console.error(error))

  const server = createAdaptorServer({
    async fetch(request, environment) {
      const env = environment as AppEnv['Bindings'] & { outgoing: ServerResponse }
      const pages = request.headers.get('fault-pages')
      if (pages) (database.db as unknown as { $client: Sqlite.Database }).$client.pragma(`max_page_count = ${pages}`)
      const dieAt = request.headers.get('fault-at')
      const failAt = request.headers.get('fails-at')
      if (!dieAt && !failAt) return app.fetch(request, env)
      const work = (run: Parameters<typeof point>[0]) => {
        const { outgoing } = env
        const { writeHead } = outgoing // whoever answers, the product or the OpenID library, comes by here
        outgoing.writeHead = ((...of: Parameters<typeof writeHead>) => {
          if (!outgoing.headersSent) {
            point(run, 'before the answer')
            outgoing.setHeader('fault-points', [...run.passed, 'after the answer'].join(', '))
          }
          return writeHead.apply(outgoing, of)
        }) as typeof writeHead
        outgoing.once('finish', () => point(run, 'after the answer'))
        return app.fetch(request, env)
      }
      return counted(Number(dieAt), work, Number(failAt))
    },
  }) as Server
  await new Promise<void>((resolve) => server.listen(config.port, config.host, resolve))
  console.log(`Latchkey is at http://localhost:${(server.address() as AddressInfo).port} · to be hurt`)
  process.once('SIGTERM', async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await database.close()
  })
}
