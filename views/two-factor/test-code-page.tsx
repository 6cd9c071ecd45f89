import { Settings } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { TestCodeForm } from './test-code-form.tsx'

type TestCodePageProps = { visitor: Visitor; form: FormState<'code'>; found?: Callout | undefined }

/** Part of the check-up: what a test of a code found, and another. */
export const TestCodePage = ({ visitor, form, found }: TestCodePageProps) => (
  <Settings title={words.checkUp.test.title} visitor={visitor} current="check-up">
    <ErrorSummary form={form} />
    <CalloutBox of={found} />
    <div class="panel stack">
      <p class="lead">{words.checkUp.test.lead}</p>
      <TestCodeForm form={form} autofocus />
    </div>
    <p>
      <a href="/settings/check-up">{words.checkUp.title}</a>
    </p>
  </Settings>
)
