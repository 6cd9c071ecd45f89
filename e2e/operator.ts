import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '#testing/programs.ts'
import { site } from './by-request.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What an operator types after `latchkey` on the machine of the server; what it says. */
export async function latchkey(...typed: string[]): Promise<string> {
  const environment = {
    BASE_URL: site(),
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? '',
    DATA_FOLDER: path.dirname(process.env.E2E_MAIL_FOLDER ?? ''),
  }
  const { status, out, err } = await runProgram('cli/latchkey.ts', { environment, args: typed, folder: ROOT })
  if (status !== 0) throw new Error(`latchkey ${typed.join(' ')}: exit code ${status}\n${err}`)
  return out
}
