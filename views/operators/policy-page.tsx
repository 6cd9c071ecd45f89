import { Operate } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { DayField } from './day-field.tsx'

type Level = keyof typeof words.operators.policy.levels

type PolicyPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  form: FormState
  setting: Level
  policies: readonly { group: string | null; level: Level; holdsFrom: Date }[]
  levels: readonly Level[]
}

/** Who needs a second factor, and from when. */
export const PolicyPage = ({ visitor, flash, form, setting, policies, levels }: PolicyPageProps) => {
  const { policy } = words.operators
  return (
    <Operate title={policy.title} visitor={visitor} current="policy">
      <CalloutBox of={flash} />
      <ErrorSummary form={form} />
      <p class="lead">{policy.lead}</p>
      <div class="panel stack">
        <p>{policy.setting(policy.levels[setting])}</p>
        {policies.length > 0 && (
          <table>
            <thead class="hint">
              <tr>
                <th scope="col">{policy.who}</th>
                <th scope="col">{policy.what}</th>
                <th scope="col">{policy.from}</th>
              </tr>
            </thead>
            <tbody>
              {policies.map(({ group, level, holdsFrom }) => (
                <tr>
                  <th scope="row">{group ?? policy.everybody}</th>
                  <td>
                    <Term name={policy.what} />
                    {policy.levels[level]}
                  </td>
                  <td>
                    <Term name={policy.from} />
                    <When at={holdsFrom} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <form method="post" action="/operate/policy" class="panel stack" novalidate>
        <TextField form={form} name="group" label={policy.group} optional />
        <Field
          form={form}
          name="level"
          label={policy.what}
          input={{}}
          choices={levels.map((value) => ({ value, text: policy.levels[value] }))}
        />
        <DayField form={form} name="from" label={policy.fromDay} hint={policy.fromHint} />
        <TextField
          form={form}
          name="reason"
          label={words.operators.reason}
          hint={words.operators.reasonHint}
          optional
        />
        <button type="submit" class="primary">
          {policy.change}
        </button>
      </form>
    </Operate>
  )
}
