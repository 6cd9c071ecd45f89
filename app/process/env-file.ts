// Imported before everything else: when the schema loads, it reads from the environment which database it is for.
import { existsSync, readFileSync } from 'node:fs'
import { environmentIn } from './environment-file.ts'

/** `.env` in this folder, if there is one, or the file that `ENV_FILE` names, which must exist. */
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
