import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { site } from './by-request.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What an operator types after `latchkey` on the machine of the server; what it says. */
export async function latchkey(...typed: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'cli/latchkey.ts', ...typed], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      BASE_URL: site(),
      DATABASE_URL: process.env.E2E_DATABASE_URL,
      DATA_FOLDER: path.dirname(process.env.E2E_MAIL_FOLDER ?? ''),
    },
  })
  return stdout
}
