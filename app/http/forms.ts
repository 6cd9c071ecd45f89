import { z } from 'zod'
import { PASSWORD_MAX_LENGTH } from '../lib/password-rules.ts'
import type { AnyContext } from './env.ts'
import { Refusal } from './refusals.ts'

const BODY_LIMIT = 64 * 1024 // bytes; the largest form here is under one kilobyte

/** Trimmed, NFC and lower case: one spelling is one account. RFC 5321 section 4.5.3.1.3 sets the length. */
export const Email = z
  .string()
  .transform((text) => text.trim().normalize('NFC').toLowerCase())
  .pipe(z.email('Enter an email address, such as ada@example.com.').max(254, 'That email address is too long.'))

/** A password that an account may have. One that none can have costs no hash. */
export const Password = z
  .string('Enter your password.')
  .min(1, 'Enter your password.')
  .refine(
    (text) => [...text].length <= PASSWORD_MAX_LENGTH,
    `No password here has more than ${PASSWORD_MAX_LENGTH} characters.`,
  )

export type FieldErrors<Field extends string> = Partial<Record<Field, string>>

export type Form<Shape extends z.ZodObject> =
  | { ok: true; data: z.output<Shape>; values: Record<string, string> }
  /** `values` as typed, for the page to show again; `errors` by field. */
  | { ok: false; values: Record<string, string>; errors: FieldErrors<Extract<keyof z.output<Shape>, string>> }

/**
 * The one parser of forms. Fields that are missing or wrong come back as errors for the page; a body that no form of
 * ours sends (another content type, too large, not UTF-8, a field twice, a field we do not know) is a `Refusal`.
 */
export async function readForm<Shape extends z.ZodObject>(c: AnyContext, shape: Shape): Promise<Form<Shape>> {
  const values = await readFields(c)
  const known = Object.keys(shape.shape)
  for (const name of values.keys()) if (!known.includes(name)) throw new Refusal(400, 'unknown_field')
  const typed = Object.fromEntries(values)
  const { data, error } = shape.safeParse(typed)
  if (data) return { ok: true, data: data as z.output<Shape>, values: typed }
  const errors: Record<string, string> = {}
  for (const { path, message } of error?.issues ?? []) errors[String(path[0])] ??= message
  return { ok: false, values: typed, errors: errors as FieldErrors<Extract<keyof z.output<Shape>, string>> }
}

/** For forms of buttons alone. */
export async function readNothing(c: AnyContext): Promise<void> {
  await readForm(c, z.object({}))
}

async function readFields(c: AnyContext): Promise<Map<string, string>> {
  const type = (c.req.header('Content-Type') ?? '').toLowerCase().replaceAll(/\s/g, '')
  if (!['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded;charset=utf-8'].includes(type))
    throw new Refusal(415, 'not_a_form')
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(await readText(c))) {
    // U+FFFD is what bad UTF-8 behind a percent sign turns into; NUL is refused by PostgreSQL and meant by nobody.
    if (/[\0\uFFFD]/.test(name + value)) throw new Refusal(400, 'not_text')
    if (fields.has(name)) throw new Refusal(400, 'repeated_field')
    fields.set(name, value)
  }
  return fields
}

async function readText(c: AnyContext): Promise<string> {
  if (Number(c.req.header('Content-Length') ?? 0) > BODY_LIMIT) throw new Refusal(413, 'too_large')
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      length += chunk.length
      if (length > BODY_LIMIT) break // a chunked body tells no length beforehand
      chunks.push(chunk)
    }
  } catch {
    throw new Refusal(400, 'bad_request') // the client went away in the middle: no fault of ours
  }
  if (length > BODY_LIMIT) throw new Refusal(413, 'too_large')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new Refusal(400, 'not_text')
  }
}
