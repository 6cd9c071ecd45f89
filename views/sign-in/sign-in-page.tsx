import { Narrow } from '../layouts.tsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState, Notice } from '../ui/types.ts'

type SignInPageProps = {
  form: FormState<'email' | 'password'>
  returnTo?: string | undefined
  notice?: Notice | undefined
}

/** The first step of signing in. `returnTo` is where to go afterwards, checked by the server. */
export const SignInPage = ({ form, returnTo, notice }: SignInPageProps) => (
  <Narrow title="Sign in">
    <NoticeBox notice={notice} />
    <ErrorSummary form={form} />
    <form method="post" action="/sign-in" class="stack" novalidate>
      <CookieAsked form={form} />
      {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
      <EmailField form={form} name="email" label="Email" autofocus={!form.errors?.['']} />
      <PasswordField
        form={form}
        name="password"
        label="Password"
        autocomplete="current-password"
        refused={Boolean(form.errors?.[''])}
      />
      <button type="submit" class="primary wide">
        Sign in
      </button>
    </form>
    <p>
      <a href="/reset-password">Forgot your password?</a>
    </p>
    <p class="aside">
      New here? <a href="/sign-up">Create your account</a>
    </p>
  </Narrow>
)
