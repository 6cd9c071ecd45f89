import { randomUUID } from 'node:crypto'
import { ClientApp } from './client-app.ts'
import type { Deed } from './operator-deeds.ts'

/** What an operator types after `latchkey` on the machine of the server; what it says. */
export const latchkey = (...typed: string[]): Promise<string> => ask({ latchkey: typed })

/** Ends an account's wait after "I've lost everything". */
export const endWait = (email: string): Promise<string> => ask({ endWait: email })

/** Puts an app at a host behind the gate, for that account alone, or for nobody. */
export const makeApp = (of: {
  host: string
  title: string
  level: 'password' | 'second_factor'
  email: string | undefined
}): Promise<string> => ask({ makeApp: of })

/** Opens an app that signs people in by the site, for that account alone, or for nobody. It runs until it is closed. */
export async function makeClient({ title, isThirdParty = false, email }: MadeClient): Promise<ClientApp> {
  const app = await ClientApp.open(`app-${randomUUID().slice(0, 8)}`)
  app.secret = randomUUID()
  const { name, secret, redirect, signedOut } = app
  await ask({ makeClient: { name, title, secret, redirect, signedOut, isThirdParty, email } })
  return app
}
export type MadeClient = { title: string; isThirdParty?: boolean; email: string | undefined }

/** The operator is a program beside the server (operator-desk.ts). */
async function ask(deed: Deed): Promise<string> {
  const answer = await fetch(process.env.E2E_OPERATOR ?? '', { method: 'POST', body: JSON.stringify(deed) })
  const said = await answer.text()
  if (!answer.ok) throw new Error(`${JSON.stringify(deed)}: ${said}`)
  return said
}
