import { CodeField } from '../ui/code-field.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

/** Tests a code of either kind without using it up. */
export const TestCodeForm = ({ form, autofocus }: { form: FormState<'code'>; autofocus?: boolean | undefined }) => (
  <form method="post" action="/settings/check-up/code" class="stack" novalidate>
    <CodeField form={form} autofocus={autofocus} />
    <button type="submit" class="primary">
      {words.checkUp.test.submit}
    </button>
  </form>
)
