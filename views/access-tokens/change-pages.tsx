import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import { Tick } from '../ui/tick.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { ChoicesFields } from './choices-fields.tsx'
import { ExpiryField } from './expiry-field.tsx'
import type { ChoicesForm, ListedToken, Offered } from './types.ts'

const Cancel = () => (
  <a class="button plain" href="/settings/tokens">
    Cancel
  </a>
)

type ChangePageProps = { viewer: Viewer; token: ListedToken; form: ChoicesForm; offered: Offered }

/** What a token is for, how long it lives, what it may do; its value stays. */
export const EditPage = ({ viewer, token, form, offered }: ChangePageProps) => (
  <Settings title="Edit Access Token" viewer={viewer} current="tokens">
    <ErrorSummary form={form} />
    <p class="lead">
      The value <code>{token.hint}</code> stays as it is.
    </p>
    <form method="post" action={`/settings/tokens/${token.id}/edit`} class="panel stack" novalidate>
      <ChoicesFields form={form} offered={offered} />
      <OwnPassword viewer={viewer} form={form} />
      <div class="row">
        <button type="submit" class="primary">
          Save
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

/** A new value for a token, with a new end. */
export const RegeneratePage = ({ viewer, token, form, offered }: ChangePageProps) => (
  <Settings title="Regenerate Access Token" viewer={viewer} current="tokens">
    <ErrorSummary form={form} />
    <p class="lead long">
      A new value for “{token.description}” (<code>{token.hint}</code>). The old one stops working at once, unless you
      keep it for a while.
    </p>
    <form method="post" action={`/settings/tokens/${token.id}/regenerate`} class="panel stack" novalidate>
      <ExpiryField form={form} offered={offered} />
      <Tick name="overlap" ticked={form.values?.overlap === 'yes'}>
        Keep the old one working for 24 hours
      </Tick>
      <OwnPassword viewer={viewer} form={form} autofocus />
      <div class="row">
        <button type="submit" class="primary">
          Regenerate
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

type RemovePageProps = { viewer: Viewer; tokens: ListedToken[]; form: FormState<'password'> }

/** Are you sure? The password is the answer. */
export const RemovePage = ({ viewer, tokens, form }: RemovePageProps) => (
  <Settings title="Remove Access Tokens" viewer={viewer} current="tokens">
    <ErrorSummary form={form} />
    <div class="panel stack">
      <p class="lead">What uses these is refused from then on.</p>
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
        <OwnPassword viewer={viewer} form={form} autofocus />
        <div class="row">
          <button type="submit" class="danger">
            Remove
          </button>
          <Cancel />
        </div>
      </form>
    </div>
  </Settings>
)
