import { z } from 'zod'
import { ALL_SCOPES, type ApiScope } from '../../access-tokens/scopes.ts'
import { TYPED_CODE_AT_MOST } from '../../lib/codes.ts'

// What the parameters of `/1.0/` may look like. All arrive as text.

export const requiredText = (most: number) =>
  z.string('It is required.').min(1, 'It is required.').max(most, tooLong(most))

export const code = () => requiredText(TYPED_CODE_AT_MOST)
export const id = () => requiredText(64)

/** `a,b`, `a;b` or `["a","b"]`, or `*` for all. */
export const ids = () =>
  list()
    .refine((items) => items.length > 0, 'It is required.')
    .refine((items) => items.length <= 100, 'At most a hundred at once.')

/** Those that `ids` name. */
export const chosen = (ids: string[], all: readonly { id: string }[]): string[] =>
  ids.includes('*') ? all.map(({ id }) => id) : ids

/** Methods and scopes. */
export const apiList = () =>
  list().transform((items, context): ApiScope[] => {
    const known = items.map((item) => ALL_SCOPES.find((scope) => scope === item.toLowerCase()))
    const scopes = known.filter((scope) => scope !== undefined)
    if (items.length > 0 && scopes.length === items.length) return [...new Set(scopes)]
    context.addIssue({ code: 'custom', message: `It has to name methods of gettokenapilist, as in ${ALL_SCOPES[0]}.` })
    return z.NEVER
  })

/** `yyyy-MM-dd HH:mm:ss` in UTC, ISO 8601 with a zone, milliseconds since 1970, or `never`. */
export const expiresAt = () =>
  z.string().transform((text, context): Date | null => {
    if (text === 'never') return null
    const time = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(isoTime(text) ?? '')
    if (time <= LATEST) return new Date(time)
    context.addIssue({ code: 'custom', message: 'Give a time in UTC, such as 2027-01-31 12:00:00.' })
    return z.NEVER
  })

export const yesOrNo = () =>
  z
    .enum(['true', 'false', '1', '0', ''], 'It is true or false.')
    .default('false')
    .transform((text) => ['true', '1'].includes(text))

const LATEST = Date.UTC(9999, 11, 31)

const tooLong = (most: number) => `At most ${most} characters.`

function isoTime(text: string): string | undefined {
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text
  return z.iso.datetime({ offset: true }).safeParse(iso).data
}

const list = () =>
  z
    .string('It is required.')
    .max(8192, tooLong(8192))
    .transform((text, context): string[] => {
      const items = text.trimStart().startsWith('[') ? fromJson(text) : text.split(/[,;]/)
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
