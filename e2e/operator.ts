import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '#testing/programs.ts'
import { site } from './by-request.ts'
import { ClientApp } from './client-app.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What an operator types after `latchkey` on the machine of the server; what it says. */
export const latchkey = (...typed: string[]): Promise<string> => run('cli/latchkey.ts', typed)

/** Ends an account's wait after "I've lost everything". */
export const endWait = (email: string): Promise<string> => run('e2e/end-wait.ts', [email])

/** Puts an app at a host behind the gate, for that account alone, or for nobody. */
export const makeApp = (of: {
  host: string
  title: string
  level: 'password' | 'second_factor'
  email: string | undefined
}): Promise<string> => run('e2e/make-app.ts', [of.host, of.title, of.level, ...(of.email ? [of.email] : [])])

/** Opens an app that signs people in by the site, for that account alone, or for nobody. It runs until it is closed. */
export async function makeClient({ title, isThirdParty, email }: MadeClient): Promise<ClientApp> {
  const app = await ClientApp.open(`app-${randomUUID().slice(0, 8)}`)
  app.secret = randomUUID()
  const party = isThirdParty ? 'third-party' : 'first-party'
  const { name, secret, redirect, signedOut } = app
  await run('e2e/make-client.ts', [name, title, secret, redirect, signedOut, party, ...(email ? [email] : [])])
  return app
}
export type MadeClient = { title: string; isThirdParty?: boolean; email: string | undefined }

async function run(program: string, args: string[]): Promise<string> {
  const environment = {
    BASE_URL: site(),
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? '',
    DATA_FOLDER: path.dirname(process.env.E2E_MAIL_FOLDER ?? ''),
  }
  const { status, out, err } = await runProgram(program, { environment, args, folder: ROOT })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${err}`)
  return out
}
