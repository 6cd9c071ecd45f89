import type { Child, PropsWithChildren } from 'hono/jsx'
import { Operate, type OperateTab } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { RowForm } from '../ui/row-form.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

type ChangePageProps = PropsWithChildren<{
  visitor: Visitor
  tab: OperateTab
  title: string
  /** Whom or what it is about. */
  about?: Child
  sentence?: Child
  action: string
  back: string
  danger?: boolean
  form: FormState
}>

/** One thing that an operator does, on a page of its own: what it does, why, and the button. */
export const ChangePage = (props: ChangePageProps) => {
  const { visitor, tab, title, about, sentence, action, back, danger = false, form, children } = props
  return (
    <Operate title={title} visitor={visitor} current={tab}>
      <ErrorSummary form={form} />
      <div class="panel stack">
        {about && <p class="long">{words.operators.about(<strong>{about}</strong>)}</p>}
        {sentence && <p class="lead">{sentence}</p>}
        <RowForm
          action={action}
          submit={title}
          class={danger ? 'danger' : 'primary'}
          beside={
            <a class="button plain" href={back}>
              {words.ui.cancel}
            </a>
          }
        >
          {children}
          <TextField
            form={form}
            name="reason"
            label={words.operators.reason}
            hint={words.operators.reasonHint}
            optional={!danger}
          />
        </RowForm>
      </div>
    </Operate>
  )
}
