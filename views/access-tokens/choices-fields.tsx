import { Field } from '../ui/field.tsx'
import { Message } from '../ui/message.tsx'
import { Tick } from '../ui/tick.tsx'
import { words } from '../words/words.ts'
import { ExpiryField } from './expiry-field.tsx'
import { scopeField, scopeInWords } from './scopes.ts'
import type { ChoicesForm, Offered } from './types.ts'

type ChoicesFieldsProps = { form: ChoicesForm; offered: Offered }

type ScopeTickProps = { form: ChoicesForm; scope: string; meaning?: string | undefined }

const ScopeTick = ({ form, scope, meaning = scopeInWords(scope) }: ScopeTickProps) => {
  const name = scopeField(scope)
  return (
    <div>
      <Tick name={name} ticked={form.values?.[name] === 'yes'} describedBy={meaning && `${name}-words`}>
        <code>{scope}</code>
      </Tick>
      {meaning && (
        <p class="hint" id={`${name}-words`}>
          {meaning}
        </p>
      )}
    </div>
  )
}

const ScopesField = ({ form, offered: { scopes, methods, apps } }: ChoicesFieldsProps) => {
  const error = form.errors?.scopes
  const anyMethod = methods.some((method) => form.values?.[scopeField(method)] === 'yes')
  return (
    <fieldset id="scopes" class="stack tight" tabindex={-1} aria-describedby={error ? 'scopes-error' : 'scopes-hint'}>
      <legend>{words.accessTokens.form.scopes}</legend>
      <p class="hint" id="scopes-hint">
        {words.accessTokens.form.scopesHint}
      </p>
      {error && (
        <p class="error" id="scopes-error">
          <Message said={error} />
        </p>
      )}
      {scopes.map((scope) => (
        <ScopeTick form={form} scope={scope} />
      ))}
      {apps.map(({ scope, title }) => (
        <ScopeTick form={form} scope={scope} meaning={words.accessTokens.opens(title)} />
      ))}
      <details open={anyMethod}>
        <summary>{words.accessTokens.form.methods}</summary>
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
      label={words.accessTokens.form.description}
      hint={words.accessTokens.form.descriptionHint}
      autofocus
      input={{ type: 'text', maxlength: '100', autocomplete: 'off', value: form.values?.description }}
    />
    <ExpiryField form={form} offered={offered} />
    <ScopesField form={form} offered={offered} />
  </>
)
