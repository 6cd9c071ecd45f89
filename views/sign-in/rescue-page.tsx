import { Narrow } from '../layouts.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

/** For who has lost everything, and has a code from an operator. */
export const RescuePage = ({ form }: { form: FormState<'code'> }) => (
  <Narrow title={words.signIn.rescue.title}>
    <ErrorSummary form={form} />
    <p class="lead">{words.signIn.rescue.lead}</p>
    <form method="post" action="/sign-in/two-factor/rescue" class="stack" novalidate>
      <CodeField form={form} autofocus />
      <button type="submit" class="primary wide">
        {words.signIn.rescue.submit}
      </button>
    </form>
    <a class="button plain wide" href="/sign-in/two-factor">
      {words.ui.back}
    </a>
  </Narrow>
)
