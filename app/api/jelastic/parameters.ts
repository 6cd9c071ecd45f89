import { z } from 'zod'
import { ALL_SCOPES, type Scope } from '../../access-tokens/scopes.ts'
import { TYPED_CODE_AT_MOST } from '../../lib/codes.ts'

// What the parameters of `/1.0/` may look like. All arrive as text.

/** Never believed when they stand in a URL, where logs and histories keep them. */
export const SECRETS = ['session', 'password', 'oldPassword', 'newPassword', 'code', 'access_token']

export const requiredText = (most: number) =>
  z.string('It is required.').min(1, 'It is required.').max(most, tooLong(most))

export const code = () => requiredText(TYPED_CODE_AT_MOST)
export const id = () => requiredText(64)

/** `a,b` or `["a","b"]`. */
export const ids = () =>
  list()
    .refine((items) => items.length > 0, 'It is required.')
    .refine((items) => items.length <= 100, 'At most a hundred at once.')

/** Methods and scopes. */
export const apiList = () =>
  list().transform((items, context): Scope[] => {
    const unknown = items.find((item) => !isScope(item))
    if (items.length > 0 && unknown === undefined) return [...new Set(items.filter(isScope))]
    context.addIssue({ code: 'custom', message: `It has to name methods of gettokenapilist, as in ${ALL_SCOPES[0]}.` })
    return z.NEVER
  })

/** ISO 8601 with a zone, milliseconds since 1970, or `never`. */
export const expiresAt = () =>
  z.string().transform((text, context): Date | null => {
    if (text === 'never') return null
    if (/^\d{1,15}$/.test(text)) {
      const date = new Date(Number(text))
      if (Number(text) <= LATEST) return date
    } else if (z.iso.datetime({ offset: true }).safeParse(text).success) return new Date(text)
    context.addIssue({
      code: 'custom',
      message: 'Give a time such as 2027-01-31T12:00:00Z, or milliseconds since 1970.',
    })
    return z.NEVER
  })

export const yesOrNo = () =>
  z
    .enum(['true', 'false', '1', '0', ''], 'It is true or false.')
    .default('false')
    .transform((text) => ['true', '1'].includes(text))

const LATEST = Date.UTC(9999, 11, 31)

const tooLong = (most: number) => `At most ${most} characters.`

const isScope = (text: string): text is Scope => ALL_SCOPES.some((known) => known === text)

const list = () =>
  z
    .string('It is required.')
    .max(8192, tooLong(8192))
    .transform((text, context): string[] => {
      const items = text.trimStart().startsWith('[') ? fromJson(text) : text.split(',')
      const parsed = z.array(z.coerce.string().max(128)).safeParse(items).data
      if (parsed) return parsed.map((item) => item.trim()).filter((item) => item !== '')
      context.addIssue({ code: 'custom', message: 'Give values with commas between them, or a JSON array.' })
      return z.NEVER
    })

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
