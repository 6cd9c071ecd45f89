// Imported before everything else: which database the schema is for is read from the environment when it is loaded.
import { existsSync, readFileSync } from 'node:fs'
import { environmentIn } from './environment-file.ts'

/** `.env` in this folder, where there is one; or the file that `ENV_FILE` names, which has to be there. */
const named = process.env.ENV_FILE
const file = named || '.env'

try {
  if (named || existsSync(file))
    for (const [name, value] of Object.entries(environmentIn(readFileSync(file), file))) process.env[name] ??= value // what is set already wins
} catch (error) {
  const { code, message } = error as { code?: string; message: string }
  console.error(`Latchkey did not start: ${code === undefined ? message : `${file} can't be read (${code}).`}`)
  process.exit(1)
}
