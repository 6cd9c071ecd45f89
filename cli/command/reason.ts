import { z } from 'zod'
import { option, WrongUsage } from './command.ts'

/** One line that is fit for a page and a mail. */
const line = z
  .string()
  .trim()
  .min(1, '--reason must say why.')
  .max(500, '--reason can have at most 500 characters.')
  .regex(/^\P{Cc}*$/u, '--reason must be one line.')

export const reasonOption = () => option(line, { value: 'TEXT', means: "Why. The account's owner reads it." })

/** Where there must be one. */
export function reasonOf({ reason }: { reason?: string | undefined }): string {
  if (reason === undefined) throw new WrongUsage('Say why with --reason TEXT.')
  return reason
}
