import { Field } from '../ui/field.tsx'
import { Tick } from '../ui/tick.tsx'
import { words } from '../words/words.ts'
import type { ChoicesForm, Offered } from './types.ts'

type ExpiryFieldProps = { form: ChoicesForm; offered: Offered; autofocus?: boolean | undefined }

/** The last day of a token; where the operator allows it, none. */
export const ExpiryField = ({ form, offered, autofocus }: ExpiryFieldProps) => (
  <div class="stack tight">
    <Field
      form={form}
      name="expires_at"
      label={words.accessTokens.expires}
      hint={words.accessTokens.form.expiresHint(offered.longestInDays)}
      autofocus={autofocus}
      input={{ type: 'date', min: offered.firstDay, max: offered.lastDay, value: form.values?.expires_at }}
    />
    {offered.mayNeverExpire && (
      <Tick name="never" ticked={form.values?.never === 'yes'}>
        {words.accessTokens.form.never}
      </Tick>
    )}
  </div>
)
