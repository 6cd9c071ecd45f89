import { z } from 'zod'
import type { AnyContext } from './env.ts'
import { headerOf } from './header.ts'
import { isText } from './media-type.ts'
import { Refusal } from './refusals.ts'
import { readText } from './text.ts'

/** A button with nothing else to send comes with this. */
const PRESSED = 'pressed'

export type FieldErrors<Field extends string> = Partial<Record<Field, string>>

export type Form<Shape extends z.ZodObject> =
  | { ok: true; data: z.output<Shape>; values: Record<string, string> }
  /** `values` as typed, for the page to show again; `errors` by field. */
  | { ok: false; values: Record<string, string>; errors: FieldErrors<Extract<keyof z.output<Shape>, string>> }

/**
 * The one parser of forms. Fields that are missing or wrong come back as errors for the page; a body that no form of
 * ours sends (another content type, too large, not UTF-8, a field twice, an unknown field) is a `Refusal`. `ticks` matches
 * the names of the form's extra checkboxes, whose value is `yes`. They are only in `values`.
 */
export async function readForm<Shape extends z.ZodObject>(
  c: AnyContext,
  shape: Shape,
  ticks?: RegExp,
): Promise<Form<Shape>> {
  const values = await readFields(c)
  if (values.get(PRESSED) === 'yes') values.delete(PRESSED)
  const known = Object.keys(shape.shape)
  for (const [name, value] of values)
    if (!known.includes(name) && !(value === 'yes' && ticks?.test(name))) throw new Refusal(400, 'unknown_field')
  const typed = Object.fromEntries(values)
  const { success, data, error } = shape.safeParse(typed)
  if (success) return { ok: true, data: data as z.output<Shape>, values: typed }
  return { ok: false, values: typed, errors: errorsIn(error) as FieldErrors<Extract<keyof z.output<Shape>, string>> }
}

/** Of each field that is wrong, the first sentence that says so. */
export function errorsIn({ issues }: z.ZodError): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { path, message } of issues) errors[String(path[0])] ??= message
  return errors
}

/** For forms with only buttons. */
export async function readNothing(c: AnyContext): Promise<void> {
  await readForm(c, z.object({}))
}

/** The fields of a form body. A `Refusal` if it isn't one, isn't text, or has a field twice. */
export async function readFields(c: AnyContext): Promise<Map<string, string>> {
  if (!isText('application/x-www-form-urlencoded', headerOf(c, 'content-type'))) throw new Refusal(415, 'not_a_form')
  return fieldsIn(await readText(c))
}

/**
 * The fields of a text in the form's encoding: a body, or a query string. Refused as above. Those without a name are left out,
 * however many: only text browsers send them.
 */
export function fieldsIn(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    // Bad UTF-8 after a percent sign turns into U+FFFD. PostgreSQL refuses NUL, and nobody means it.
    if (/[\0\uFFFD]/.test(name + value)) throw new Refusal(400, 'not_text')
    if (isUnnamed(name, value)) continue
    if (fields.has(name)) throw new Refusal(400, 'repeated_field')
    fields.set(name, value)
  }
  return fields
}

/** Lynx sends `=ada@example.com`, and w3m only the value. Here that is an address, and no name of ours has an @. */
const isUnnamed = (name: string, value: string) => name === '' || (value === '' && name.includes('@'))
