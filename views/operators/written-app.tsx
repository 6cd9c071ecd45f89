import type { PropsWithChildren } from 'hono/jsx'
import { Operate, type OperateTab } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

// What an app behind the gate and one that people sign in to have in common, as operators write and read it.

/** All of them, or a form would lower an app that has the one it doesn't offer. */
const LEVELS = ['second_factor', 'password', 'phishing_resistant'] as const
export type Level = (typeof LEVELS)[number]

/** Each with what there is of it; what there is nothing of is left out. */
export const Facts = ({ facts }: { facts: [name: string, values: readonly string[]][] }) => (
  <dl class="details">
    {facts
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => (
        <div>
          <dt>{name}</dt>
          {values.map((value) => (
            <dd class="long">{value}</dd>
          ))}
        </div>
      ))}
  </dl>
)

type WrittenFormProps = PropsWithChildren<{
  visitor: Visitor
  tab: OperateTab
  form: FormState
  /** Where all of them are. */
  here: string
  /** Without one, it is a new one. */
  name: string | undefined
  titles: { new: string; change: string }
}>

/** One to be written: a new one, or one that is there. */
export const WrittenForm = ({ visitor, tab, form, here, name, titles, children }: WrittenFormProps) => {
  const back = name === undefined ? here : `${here}/named/${name}`
  return (
    <Operate title={name === undefined ? titles.new : titles.change} visitor={visitor} current={tab}>
      <ErrorSummary form={form} />
      <form method="post" action={name === undefined ? `${here}/new` : `${back}/change`} class="panel stack" novalidate>
        {children}
        <TextField
          form={form}
          name="reason"
          label={words.operators.reason}
          hint={words.operators.reasonHint}
          optional
        />
        <div class="row">
          <button type="submit" class="primary">
            {name === undefined ? titles.new : words.gate.apps.save}
          </button>
          <a class="button plain" href={back}>
            {words.ui.cancel}
          </a>
        </div>
      </form>
    </Operate>
  )
}

/** Of the app itself. `children`: where it is. */
export const AppFields = ({ form, children }: PropsWithChildren<{ form: FormState }>) => {
  const { apps } = words.gate
  return (
    <>
      <TextField form={form} name="title" label={apps.appTitle} hint={apps.titleHint} optional />
      {children}
      <Lines form={form} name="groups" label={apps.groups} hint={apps.groupsHint} optional />
      <Field
        form={form}
        name="level"
        label={apps.level}
        input={{}}
        choices={LEVELS.map((value) => ({ value, text: apps.levels[value] }))}
      />
      <TextField form={form} name="maxAge" label={apps.maxAge} hint={apps.maxAgeHint} optional />
    </>
  )
}

type LinesProps = { form: FormState; name: string; label: string; hint: string; optional?: boolean }

/** One thing a line. */
export const Lines = (props: LinesProps) => (
  <Field {...props} input={{ autocapitalize: 'none', spellcheck: 'false' }} lines={3} />
)
