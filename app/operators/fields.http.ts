import { z } from 'zod'
import { words } from '#views/words/words.ts'
import type { AppContext } from '../http/env.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { readDay } from '../lib/day.ts'
import { readEmailAddress } from '../lib/email-address.ts'
import { canBeSeen, staysOnItsLine } from '../lib/one-line.ts'
import { GROUP_NAME } from './groups.ts'

const REASON_AT_MOST = 500 // characters

const said = (reason: keyof typeof words.operators.refused) => ({ error: () => words.operators.refused[reason] })

const line = () =>
  z
    .string(said('no_reason'))
    .trim()
    .max(REASON_AT_MOST, said('long_reason'))
    .refine(staysOnItsLine, said('long_reason'))

/** Why an operator does something. It may be left out where nothing is lost. */
export const reasonField = () => line().transform((text) => (text === '' ? null : text))
export const neededReasonField = () => line().refine(canBeSeen, said('no_reason'))

/** The beginning of a day in UTC. Undefined where none is typed. */
export const dayField = () =>
  z
    .string()
    .trim()
    .transform((text, context): Date | undefined => {
      if (text === '') return undefined
      const day = readDay(text)
      if (day) return day
      context.addIssue({ code: 'custom', message: words.operators.refused.no_day })
      return z.NEVER
    })

/** An address in its stored form. Undefined where none is typed. */
export const noEmailField = () =>
  z.string().transform((text, context): string | undefined => {
    if (text.trim() === '') return undefined
    const read = readEmailAddress(text)
    if (read.ok) return read.email
    context.addIssue({ code: 'custom', message: words.fields.email[read.reason] })
    return z.NEVER
  })

/** `family friends:2026-12-31`: groups, some with the day on which the account leaves them. */
export const groupsField = () =>
  z.string().transform((text, context) =>
    text
      .split(/\s+/)
      .filter((entry) => entry !== '')
      .flatMap((entry) => {
        const [name = '', day] = entry.split(':', 2)
        const until = day === undefined ? null : readDay(day)
        if (GROUP_NAME.test(name) && until !== undefined) return [{ name, until }]
        const wrong = until === undefined ? 'no_day' : 'no_name'
        context.addIssue({ code: 'custom', message: words.operators.refused[wrong] })
        return []
      }),
  )

/** Who acts, for the rules: the operator whose page this is. */
export const actingAs = (
  { account }: SignedIn,
  { var: { origin } }: Pick<AppContext, 'var'>,
  reason: string | null,
) => ({
  operatorId: account.id,
  reason,
  origin,
})
