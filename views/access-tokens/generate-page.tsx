import { Settings } from '../layouts.tsx'
import { Steps } from '../two-factor/steps.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import { RowForm } from '../ui/row-form.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { ChoicesFields } from './choices-fields.tsx'
import { Expiry } from './expiry.tsx'
import type { ChoicesForm, Offered } from './types.ts'

const PATH = '/settings/tokens/generate'

const Cancel = () => (
  <a class="button plain" href="/settings/tokens">
    {words.ui.cancel}
  </a>
)

type GeneratePageProps = { visitor: Visitor; form: ChoicesForm; offered: Offered }

/** Step 1: what the token is to be. */
export const GeneratePage = ({ visitor, form, offered }: GeneratePageProps) => (
  <Settings title={words.accessTokens.generatePage} visitor={visitor} current="tokens" above={<Steps step={1} />}>
    <ErrorSummary form={form} />
    <form method="post" action={PATH} class="panel stack" novalidate>
      <ChoicesFields form={form} offered={offered} />
      <div class="row">
        <button type="submit" class="primary">
          {words.ui.next}
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

type ConfirmGeneratePageProps = {
  visitor: Visitor
  form: FormState<'password'>
  /** The fields of step 1 as typed: they are checked again with the password. */
  fields: Record<string, string>
  choices: { description: string; scopes: string[]; expiresAt: Date | null }
  now: Date
}

/** Step 2: the password. */
export const ConfirmGeneratePage = ({ visitor, form, fields, choices, now }: ConfirmGeneratePageProps) => (
  <Settings title={words.accessTokens.generatePage} visitor={visitor} current="tokens" above={<Steps step={2} />}>
    <ErrorSummary form={form} />
    <div class="panel stack">
      <dl class="details">
        <div>
          <dt>{words.accessTokens.form.description}</dt>
          <dd>{choices.description}</dd>
        </div>
        <div>
          <dt>{words.accessTokens.expires}</dt>
          <dd>
            <Expiry at={choices.expiresAt} now={now} />
          </dd>
        </div>
        <div>
          <dt>{words.accessTokens.form.scopes}</dt>
          <dd>{choices.scopes.join(', ')}</dd>
        </div>
      </dl>
      <RowForm
        action={`${PATH}/confirm`}
        submit={words.accessTokens.generate}
        beside={
          <>
            <ButtonForm action={`${PATH}/back`} class="plain" fields={fields}>
              {words.ui.back}
            </ButtonForm>
            <Cancel />
          </>
        }
      >
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <OwnPassword visitor={visitor} form={form} autofocus />
      </RowForm>
    </div>
  </Settings>
)
