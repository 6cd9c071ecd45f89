import type { Child, PropsWithChildren } from 'hono/jsx'
import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { RowForm } from '../ui/row-form.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { NameField } from './name-field.tsx'
import { Steps } from './steps.tsx'

/** What every kind's page of enrolment is given: it puts its own part between. */
export type EnrolFrame = {
  visitor: Visitor
  mode: 'set-up' | 'add' | 'replace'
  enrolmentId: string
  /** Of the authenticator: what is proposed for a new one, or the one whose place it takes. */
  name?: string | undefined
  form: FormState
  /** Other kinds that can be registered instead. */
  otherKinds: { kind: string; label: string; needsScript: boolean }[]
}

const ACTIONS = {
  'set-up': '/settings/two-factor/set-up',
  add: '/settings/two-factor/add',
  replace: '/settings/two-factor/replace',
} as const

export const enrolAction = (mode: EnrolFrame['mode']) => ACTIONS[mode]

type EnrolFramePageProps = PropsWithChildren<{ frame: EnrolFrame; title: string; lead: Child; help?: Child }>

/** Registering a device: step 1 of setting up, or the whole of adding or replacing one. */
export const EnrolFramePage = ({ frame, title, lead, help, children }: EnrolFramePageProps) => {
  const { visitor, mode, name, form, otherKinds } = frame
  return (
    <Settings title={title} visitor={visitor} current="account" above={mode === 'set-up' && <Steps step={1} />}>
      <ErrorSummary form={form} />
      <p class="lead">
        {mode === 'replace' && name && words.twoFactor.enrol.replaces(<strong class="long">{name}</strong>)}
        {lead}
      </p>
      {help}
      <div class="panel stack loose">{children}</div>
      {otherKinds.map(({ kind, label, needsScript }) => (
        <ButtonForm action={`${ACTIONS[mode]}/kind`} class="plain" fields={{ kind }} needsScript={needsScript}>
          {label}
        </ButtonForm>
      ))}
    </Settings>
  )
}

type EnrolFormProps = PropsWithChildren<{ frame: EnrolFrame; submit?: string }>

/** The form with the device's answer, whose fields its kind puts in. */
export const EnrolForm = ({ frame, submit, children }: EnrolFormProps) => {
  const { mode, enrolmentId, name, form } = frame
  const action = ACTIONS[mode]
  return (
    <RowForm
      action={action}
      submit={submit ?? words.twoFactor.enrol.submit[mode]}
      beside={
        <ButtonForm action={`${action}/cancel`} class="plain">
          {words.ui.cancel}
        </ButtonForm>
      }
    >
      <input type="hidden" name="enrolment" value={enrolmentId} />
      {mode === 'add' && <NameField form={form} name={name} />}
      {children}
    </RowForm>
  )
}
