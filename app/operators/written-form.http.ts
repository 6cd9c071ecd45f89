import { z } from 'zod'

// Forms in which operators write an app, behind the gate or to sign in to.

export const tickedField = () =>
  z
    .literal('yes')
    .optional()
    .transform((value) => value === 'yes')

/** One thing a line. */
export const linesField = () =>
  z.string().transform((text) =>
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )

/** As the form shows it. */
export function formOf(written: Record<string, string | boolean | readonly string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(written).flatMap(([name, value]) => {
      if (typeof value === 'boolean') return value ? [[name, 'yes']] : []
      return [[name, typeof value === 'string' ? value : value.join('\n')]]
    }),
  )
}

/** Each wrong line by what is written there. */
export function errorsOf<Reason extends string>(
  wrong: readonly { field: string; value: string; reason: Reason }[],
  sentences: Record<Reason, (written: string) => string>,
): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { field, value, reason } of wrong) {
    const said = sentences[reason](value)
    errors[field] = errors[field] === undefined ? said : `${errors[field]} ${said}`
  }
  return errors
}
