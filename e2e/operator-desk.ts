// The operator of the server under test, whom all tests ask by HTTP: to start a program for each deed takes a second of it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Db, openDatabase } from '#db/client.ts'
import { runProgram } from '../cli/command/program.ts'
import { NOUNS } from '../cli/nouns.ts'
import { Deed, endWait, makeApp, makeClient } from './operator-deeds.ts'

const { db } = openDatabase(process.env.DATABASE_URL ?? '')
const server = createServer(async (request, response) => {
  try {
    response.end(await done(db, Deed.parse(await json(request))))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`The operator is at http://127.0.0.1:${port}`)
})

async function done(to: Db, deed: Deed): Promise<string> {
  if ('latchkey' in deed) return await command(deed.latchkey)
  if ('endWait' in deed) await endWait(to, deed.endWait)
  else if ('makeApp' in deed) await makeApp(to, deed.makeApp)
  else await makeClient(to, deed.makeClient)
  return ''
}

/** As cli/latchkey.ts runs it, where no terminal is. */
async function command(typed: string[]): Promise<string> {
  const out: string[] = []
  const err: string[] = []
  const exitCode = await runProgram(typed, NOUNS, {
    out: (text) => void out.push(`${text}\n`),
    err: (text) => void err.push(`${text}\n`),
    ask: undefined,
  })
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${err.join('')}`)
  return out.join('')
}
