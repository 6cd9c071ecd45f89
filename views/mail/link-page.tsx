import type { PropsWithChildren } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState } from '../ui/types.ts'

type LinkPageProps = PropsWithChildren<{ title: string; action: string; button: string; form: FormState<never> }>

/** The page behind a link in a mail: what will happen, and the one button that does it. */
export const LinkPage = ({ title, action, button, form, children }: LinkPageProps) => (
  <Narrow title={title}>
    <ErrorSummary form={form} />
    {children}
    <ButtonForm action={action} class="primary wide">
      {button}
    </ButtonForm>
  </Narrow>
)
