import type { Callout } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { Cookies } from '../http/cookies.ts'
import type { AnyContext } from '../http/env.ts'
import { FLASHES } from '../http/flashes.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { AUTHENTICATORS_AT_MOST } from '../lib/at-most.ts'
import { codesLeft } from '../lib/codes.ts'

/** What happened on the page before, for the top of this one; gone at the next. */
export function takeFlash(c: AnyContext, cookies: Cookies, visitor?: SignedIn): Callout | undefined {
  const word = cookies.flash.take(c)
  switch (word) {
    case undefined:
      return undefined
    case 'recovery_code_used':
      return visitor && recoveryCodeUsed(visitor.account.recoveryCodesLeft)
    case 'too_many_authenticators':
      return { tone: FLASHES[word], ...said(words.flash[word](AUTHENTICATORS_AT_MOST)) }
    case 'second_factor_replaced':
      return { tone: FLASHES[word], ...said(words.flash[word], '/settings/two-factor/recovery-codes/confirm') }
    case 'account_kept':
      return { tone: FLASHES[word], ...said(words.flash[word], '/reset-password') }
    default:
      return { tone: FLASHES[word], ...words.flash[word] }
  }
}

function recoveryCodeUsed(left: number): Callout {
  const href = left > 0 ? '/settings/two-factor/replace/confirm' : undefined
  const { of, areFew } = codesLeft(left)
  return {
    tone: areFew ? 'warn' : FLASHES.recovery_code_used,
    ...said(words.flash.recovery_code_used(left, of), href),
  }
}

/** The words of a flash, with its link where it has one and that leads somewhere. */
const said = ({ link, ...flash }: { title?: string; text: string; link?: string }, href?: string) => ({
  ...flash,
  ...(link && href && { link: { href, text: link } }),
})
