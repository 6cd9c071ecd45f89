import { Narrow } from '../layouts.tsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type SignUpPageProps = {
  form: FormState<'email' | 'password'>
  minLength: number
  invitation: { role: 'member' | 'operator'; accountEndsAt: Date | null } | undefined
}

/** Making an account: an address and a password of at least `minLength` characters. */
export const SignUpPage = ({ form, minLength, invitation }: SignUpPageProps) => (
  <Narrow title={words.signIn.signUp.title}>
    {invitation?.role === 'operator' && <p class="lead">{words.signIn.signUp.asOperator}</p>}
    {invitation?.accountEndsAt && (
      <p class="lead">{words.signIn.signUp.endsOn(<When at={invitation.accountEndsAt} />)}</p>
    )}
    <ErrorSummary form={form} />
    <form method="post" action="/sign-up" class="stack" novalidate>
      <CookieAsked form={form} />
      <EmailField form={form} name="email" label={words.ui.email} autofocus />
      <PasswordField
        form={form}
        name="password"
        label={words.ui.password}
        autocomplete="new-password"
        hint={words.signIn.signUp.passwordHint(minLength)}
      />
      <button type="submit" class="primary wide">
        {words.signIn.signUp.submit}
      </button>
    </form>
    <p class="aside">
      {words.signIn.signUp.haveOne} <a href="/sign-in">{words.signIn.signIn.title}</a>
    </p>
  </Narrow>
)
