import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import { Tick } from '../ui/tick.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { ChoicesFields } from './choices-fields.tsx'
import { ExpiryField } from './expiry-field.tsx'
import type { ChoicesForm, ListedToken, Offered } from './types.ts'

const Cancel = () => (
  <a class="button plain" href="/settings/tokens">
    {words.ui.cancel}
  </a>
)

type ChangePageProps = { visitor: Visitor; token: ListedToken; form: ChoicesForm; offered: Offered }

/** What a token is for, how long it lives, what it may do; its value stays. */
export const EditPage = ({ visitor, token, form, offered }: ChangePageProps) => (
  <Settings title={words.accessTokens.editPage} visitor={visitor} current="tokens">
    <ErrorSummary form={form} />
    <p class="lead">{words.accessTokens.valueStays(<code>{token.hint}</code>)}</p>
    <form method="post" action={`/settings/tokens/${token.id}/edit`} class="panel stack" novalidate>
      <ChoicesFields form={form} offered={offered} />
      <OwnPassword visitor={visitor} form={form} />
      <div class="row">
        <button type="submit" class="primary">
          {words.ui.save}
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

/** A new value for a token, with a new end. */
export const RegeneratePage = ({ visitor, token, form, offered }: ChangePageProps) => (
  <Settings title={words.accessTokens.regeneratePage} visitor={visitor} current="tokens">
    <ErrorSummary form={form} />
    <p class="lead long">{words.accessTokens.newValue(token.description, <code>{token.hint}</code>)}</p>
    <form method="post" action={`/settings/tokens/${token.id}/regenerate`} class="panel stack" novalidate>
      <ExpiryField form={form} offered={offered} />
      <Tick name="overlap" ticked={form.values?.overlap === 'yes'}>
        {words.accessTokens.overlap}
      </Tick>
      <OwnPassword visitor={visitor} form={form} autofocus />
      <div class="row">
        <button type="submit" class="primary">
          {words.accessTokens.regenerate}
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

type RemovePageProps = { visitor: Visitor; tokens: ListedToken[]; form: FormState<'password'> }

/** Are you sure? The password is the answer. */
export const RemovePage = ({ visitor, tokens, form }: RemovePageProps) => (
  <Settings title={words.accessTokens.removePage} visitor={visitor} current="tokens">
    <ErrorSummary form={form} />
    <div class="panel stack">
      <p class="lead">{words.accessTokens.removeLead}</p>
      <ul class="events">
        {tokens.map(({ description, hint }) => (
          <li>
            <p class="what long">{description}</p>
            <p>
              <code>{hint}</code>
            </p>
          </li>
        ))}
      </ul>
      <form method="post" action="/settings/tokens/remove" class="stack" novalidate>
        <input type="hidden" name="ids" value={tokens.map(({ id }) => id).join(',')} />
        <OwnPassword visitor={visitor} form={form} autofocus />
        <div class="row">
          <button type="submit" class="danger">
            {words.ui.remove}
          </button>
          <Cancel />
        </div>
      </form>
    </div>
  </Settings>
)
