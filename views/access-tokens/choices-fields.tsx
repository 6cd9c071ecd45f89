import { Field } from '../ui/field.tsx'
import { Tick } from '../ui/tick.tsx'
import { ExpiryField } from './expiry-field.tsx'
import { scopeField, scopeInWords } from './scopes.ts'
import type { ChoicesForm, Offered } from './types.ts'

type ChoicesFieldsProps = { form: ChoicesForm; offered: Offered }

const ScopeTick = ({ form, scope }: { form: ChoicesForm; scope: string }) => {
  const name = scopeField(scope)
  const words = scopeInWords(scope)
  return (
    <div>
      <Tick name={name} ticked={form.values?.[name] === 'yes'} describedBy={words && `${name}-words`}>
        <code>{scope}</code>
      </Tick>
      {words && (
        <p class="hint" id={`${name}-words`}>
          {words}
        </p>
      )}
    </div>
  )
}

const ScopesField = ({ form, offered: { scopes, methods } }: ChoicesFieldsProps) => {
  const error = form.errors?.scopes
  const anyMethod = methods.some((method) => form.values?.[scopeField(method)] === 'yes')
  return (
    <fieldset id="scopes" class="stack tight" tabindex={-1} aria-describedby={error ? 'scopes-error' : 'scopes-hint'}>
      <legend>Scopes</legend>
      <p class="hint" id="scopes-hint">
        What it may do. No token reaches the password, the second factor, recovery codes or tokens.
      </p>
      {error && (
        <p class="error" id="scopes-error">
          {error}
        </p>
      )}
      {scopes.map((scope) => (
        <ScopeTick form={form} scope={scope} />
      ))}
      <details open={anyMethod}>
        <summary>Methods of /1.0/, one by one</summary>
        {methods.map((method) => (
          <ScopeTick form={form} scope={method} />
        ))}
      </details>
    </fieldset>
  )
}

/** What is chosen for a token: what it is for, how long it lives, what it may do. */
export const ChoicesFields = ({ form, offered }: ChoicesFieldsProps) => (
  <>
    <Field
      form={form}
      name="description"
      label="Description"
      hint="What it is for, so that you know it again."
      autofocus
      input={{ type: 'text', maxlength: '100', autocomplete: 'off', value: form.values?.description }}
    />
    <ExpiryField form={form} offered={offered} />
    <ScopesField form={form} offered={offered} />
  </>
)
