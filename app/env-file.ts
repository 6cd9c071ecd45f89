// Imported before everything else: which database the schema is for is read from the environment when it is loaded.
import { existsSync } from 'node:fs'

if (existsSync('.env')) process.loadEnvFile('.env') // what is set already wins
