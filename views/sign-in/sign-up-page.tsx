import { Narrow } from '../layouts.tsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState } from '../ui/types.ts'

type SignUpPageProps = { form: FormState<'email' | 'password'>; minLength: number }

/** Making an account: an address and a password of at least `minLength` characters. */
export const SignUpPage = ({ form, minLength }: SignUpPageProps) => (
  <Narrow title="Create your account">
    <ErrorSummary form={form} />
    <form method="post" action="/sign-up" class="stack" novalidate>
      <CookieAsked form={form} />
      <EmailField form={form} name="email" label="Email" autofocus />
      <PasswordField
        form={form}
        name="password"
        label="Password"
        autocomplete="new-password"
        hint={`At least ${minLength} characters, any you like. A few words in a row are easy to keep in mind.`}
      />
      <button type="submit" class="primary wide">
        Create account
      </button>
    </form>
    <p class="aside">
      Have an account? <a href="/sign-in">Sign in</a>
    </p>
  </Narrow>
)
