import type { Child } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { Callout, FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

type SignInPageProps = {
  form: FormState<'email' | 'password' | 'passkey'>
  returnTo?: string | undefined
  flash?: Callout | undefined
  /** Whether anyone can make an account. */
  isSignUpOpen: boolean
  /** Forms of the kinds that need no password. */
  parts?: Child[]
}

/** The first step of signing in. `returnTo` is where to go afterwards, checked by the server. */
export const SignInPage = ({ form, returnTo, flash, isSignUpOpen, parts = [] }: SignInPageProps) => (
  <Narrow title={words.signIn.signIn.title}>
    <CalloutBox of={flash} />
    <ErrorSummary form={form} />
    <form method="post" action="/sign-in" class="stack" novalidate>
      <CookieAsked form={form} />
      {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
      <Field
        form={form}
        name="email"
        label={words.ui.email}
        hint={words.signIn.signIn.orUsername}
        autofocus={!form.errors?.['']}
        input={{
          type: 'text',
          inputmode: 'email',
          autocomplete: ['username', ...(parts.length > 0 ? ['webauthn'] : [])].join(' '),
          autocapitalize: 'none',
          spellcheck: 'false',
          value: form.values?.email,
        }}
      />
      <PasswordField
        form={form}
        name="password"
        label={words.ui.password}
        autocomplete="current-password"
        refused={Boolean(form.errors?.[''])}
      />
      <button type="submit" class="primary wide">
        {words.signIn.signIn.title}
      </button>
    </form>
    {parts}
    <p>
      <a href="/reset-password">{words.signIn.signIn.forgot}</a>
    </p>
    {isSignUpOpen && (
      <p class="aside">
        {words.signIn.signIn.newHere} <a href="/sign-up">{words.signIn.signUp.title}</a>
      </p>
    )}
  </Narrow>
)
