import { z } from 'zod'
import { word } from './command/command.ts'

export const account = word(z.string(), 'The address or the username of the account.')
