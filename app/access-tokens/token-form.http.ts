import { z } from 'zod'
import { scopeField } from '#views/access-tokens/scopes.ts'
import type { Offered } from '#views/access-tokens/types.ts'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AnyContext } from '../http/env.ts'
import { descriptionField, passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, tooManyAttempts } from '../http/messages.ts'
import { Refusal } from '../http/refusals.ts'
import type { SignedInContext } from '../pages/guards.ts'
import {
  type AccessToken,
  type AccessTokenDeps,
  appsSeenBy,
  type TokensVisitor,
  tokensSeenBy,
} from './access-tokens.ts'
import {
  type ChoiceRefused,
  choicesRefused,
  type generateToken,
  LONGEST_LIFE_IN_DAYS,
  type NotTheirs,
  type removeTokens,
  TOKENS_AT_MOST,
  type TokenChoices,
  USUAL_LIFE_IN_DAYS,
} from './change-tokens.ts'
import { ALL_SCOPES, API_METHODS, type AppScope, isAppScope, SCOPES } from './scopes.ts'

// What the forms about access tokens have in common: their fields, and what they are refused with.

const DAY = 24 * 60 * 60_000
const TICKS = new RegExp(
  `^(never|overlap|scope-app-[a-z0-9][a-z0-9._-]{0,31}|${ALL_SCOPES.map(scopeField).join('|')})$`,
)

const expires_at = z.string().default('')
const choices = { description: descriptionField(), expires_at }
/** The first step, and the way back to it from the second, which may have a password in its field by then. */
export const ChoicesForm = z.object({ ...choices, password: z.string().optional() })
export const ConfirmedChoicesForm = z.object({ ...choices, password: passwordField() })
export const ConfirmedExpiryForm = z.object({ expires_at, password: passwordField() })

/** The scopes of apps that somebody can choose: of those that they may open, and of those that the token has already. */
export function appsFor(
  { now }: Pick<AccessTokenDeps, 'now'>,
  visitor: TokensVisitor,
  token?: AccessToken,
): { scope: AppScope; title: string }[] {
  const open = appsSeenBy(visitor, now())
  const had = (token?.scopes ?? []).filter(isAppScope).filter((scope) => !open.some((app) => app.scope === scope))
  return [...open, ...had.map((scope) => ({ scope, title: scope.slice('app:'.length) }))]
}

export const offered = ({ now, allowEndlessTokens }: AccessTokenDeps, apps: Offered['apps'] = []): Offered => ({
  scopes: SCOPES,
  apps,
  methods: API_METHODS,
  firstDay: dayOf(now()),
  lastDay: dayOf(daysFrom(now(), LONGEST_LIFE_IN_DAYS)),
  longestInDays: LONGEST_LIFE_IN_DAYS,
  mayNeverExpire: allowEndlessTokens,
})

/** A form that has not been touched: 90 days. */
export const usualExpiry = ({ now }: AccessTokenDeps) => ({ expires_at: dayOf(daysFrom(now(), USUAL_LIFE_IN_DAYS)) })

/** The form of a token as it is. */
export const valuesOf = ({ description, scopes, expiresAt }: TokenChoices): Record<string, string> => ({
  description,
  ...(expiresAt ? { expires_at: dayOf(expiresAt) } : { never: 'yes' }),
  ...Object.fromEntries(scopes.map((scope) => [scopeField(scope), 'yes'])),
})

/**
 * Reads one of the forms above. `current` is the end of the token as it is: left alone, it stays to the second. All that
 * is wrong is said at once; the password is never among the values that are shown again. A refused form has `choices` where
 * only the password is wrong.
 */
export async function readTokenForm<Shape extends z.ZodObject>(
  c: AnyContext,
  deps: AccessTokenDeps,
  shape: Shape,
  { current, apps = [] }: { current?: Date | null; apps?: readonly { scope: AppScope }[] } = {},
) {
  const form = await readForm(c, shape, TICKS)
  const { password = '', ...values } = form.values
  const known = [...ALL_SCOPES, ...apps.map(({ scope }) => scope)]
  const scopes = known.filter((scope) => values[scopeField(scope)] === 'yes')
  const expiresAt = expiryIn(values, deps.now(), current)
  const wrong: Partial<Record<string, string>> = form.ok ? {} : form.errors
  const { no_scope } = words.accessTokens.errors
  const errors = Object.entries({
    description: wrong.description,
    expires_at: expiryRefused(deps, expiresAt),
    scopes: 'description' in shape.shape && scopes.length === 0 ? no_scope : undefined,
    password: wrong.password,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const found = Object.fromEntries(errors)
  const onlyPassword = Object.keys(found).every((name) => name === 'password')
  const choices =
    onlyPassword && expiresAt !== undefined
      ? { description: values.description?.trim().normalize('NFC') ?? '', scopes, expiresAt }
      : undefined
  if (!choices || errors.length > 0) return { ok: false as const, values, choices, form: { values, errors: found } }
  return { ok: true as const, values, choices, password, overlap: values.overlap === 'yes' }
}

/** The account's token of the path's `:id`; another account's is as unknown as one that never was. */
export function tokenInPath(c: SignedInContext<TokensVisitor>): AccessToken {
  const id = c.req.param('id')
  const token = tokensSeenBy(c.var.visitor).find((own) => own.id === id)
  if (!token) throw new Refusal(404, 'not_found')
  return token
}

type Refused =
  | Exclude<Awaited<ReturnType<typeof generateToken>> | Awaited<ReturnType<typeof removeTokens>>, { ok: true }>
  | ChoiceRefused
  | NotTheirs

/** What a use case refused, as the form is shown again. */
export function refusedTokenForm(result: Refused, values: Record<string, string> = {}): FormState {
  const { errors } = words.accessTokens
  switch (result.reason) {
    case 'wait':
      return refusedForm<string>('', tooManyAttempts(result.seconds), values)
    case 'wrong_password':
      return refusedForm<string>('password', words.messages.wrongPassword, values)
    case 'too_many_tokens':
      return refusedForm<string>('', errors.too_many_tokens(TOKENS_AT_MOST), values)
    case 'no_scope':
    case 'no_such_app':
      return refusedForm<string>('scopes', errors[result.reason], values)
    case 'expires_too_late':
    case 'expires_in_the_past':
      return refusedForm<string>('expires_at', expiryInWords(result.reason), values)
  }
}

const expiryInWords = (reason: 'expires_too_late' | 'expires_in_the_past'): string =>
  reason === 'expires_too_late'
    ? words.accessTokens.errors.expires_too_late(LONGEST_LIFE_IN_DAYS)
    : words.accessTokens.errors.expires_in_the_past

function expiryRefused(deps: AccessTokenDeps, expiresAt: Date | null | undefined): string | undefined {
  if (expiresAt === undefined) return words.accessTokens.errors.no_day
  const refused = choicesRefused(deps, { scopes: ALL_SCOPES, expiresAt })
  return refused && refused.reason !== 'no_scope' ? expiryInWords(refused.reason) : undefined
}

/** The end of the day that was chosen, by UTC; on the last possible day, the last possible moment of it. */
function expiryIn(values: Record<string, string>, now: Date, current?: Date | null): Date | null | undefined {
  if (values.never === 'yes') return null
  const { data: day } = z.iso.date().safeParse(values.expires_at)
  if (day === undefined) return undefined
  if (current && dayOf(current) === day) return current
  const latest = daysFrom(now, LONGEST_LIFE_IN_DAYS)
  return day === dayOf(latest) ? latest : new Date(`${day}T23:59:59.000Z`)
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const daysFrom = (at: Date, days: number) => new Date(at.getTime() + days * DAY)
