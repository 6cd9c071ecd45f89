import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Tick } from '../ui/tick.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

type SecondStepPageProps = {
  form: FormState<'code' | 'trust'>
  returnTo?: string | undefined
  canUseAuthenticator: boolean
}

/** The second step of signing in. One field takes either kind of code. The tick is before it: a code that is pasted is sent at once. */
export const SecondStepPage = ({ form, returnTo, canUseAuthenticator }: SecondStepPageProps) => (
  <Narrow title={words.signIn.secondStep.title}>
    <ErrorSummary form={form} />
    <p class="lead">{canUseAuthenticator ? words.signIn.secondStep.lead : words.signIn.secondStep.locked}</p>
    <form method="post" action="/sign-in/two-factor" class="stack" novalidate>
      <CookieAsked form={form} />
      {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
      {canUseAuthenticator && (
        <Tick name="trust" ticked={form.values?.trust === 'yes'}>
          {words.signIn.secondStep.trust}
        </Tick>
      )}
      <CodeField form={form} autofocus />
      <button type="submit" class="primary wide">
        {words.signIn.secondStep.submit}
      </button>
    </form>
    <ButtonForm action="/sign-in/two-factor/cancel" class="plain wide">
      {words.ui.cancel}
    </ButtonForm>
    <details>
      <summary>{words.signIn.secondStep.lost}</summary>
      <p>{words.signIn.secondStep.lostHelp}</p>
    </details>
  </Narrow>
)
