import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { NameField } from './name-field.tsx'

const LIST = '/settings/two-factor/authenticators'

const Cancel = () => (
  <a class="button plain" href={LIST}>
    Cancel
  </a>
)

type ChangeProps<Fields extends string> = {
  viewer: Viewer
  authenticator: { id: string; name: string }
  form: FormState<Fields>
}

export const RenameAuthenticatorPage = ({ viewer, authenticator, form }: ChangeProps<'name'>) => (
  <Settings title="Rename Authenticator" viewer={viewer} current="account">
    <ErrorSummary form={form} />
    <form method="post" action={`${LIST}/${authenticator.id}/rename`} class="panel stack" novalidate>
      <NameField form={form} name={authenticator.name} autofocus />
      <div class="row">
        <button type="submit" class="primary">
          Save
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

/** Are you sure? The password is the answer. */
export const RemoveAuthenticatorPage = ({ viewer, authenticator, form }: ChangeProps<'password'>) => (
  <Settings title="Remove Authenticator" viewer={viewer} current="account">
    <ErrorSummary form={form} />
    <div class="panel stack">
      <p class="lead">
        The codes of <strong class="long">{authenticator.name}</strong> no longer open your account then. Your other
        authenticators and your recovery codes stay. You are signed out everywhere else.
      </p>
      <form method="post" action={`${LIST}/${authenticator.id}/remove`} class="stack" novalidate>
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

/** The last one is not removed: without it there is no second factor, and that is for Disable to do. */
export const RemoveLastPage = ({ viewer, name }: { viewer: Viewer; name: string }) => (
  <Settings title="Remove Authenticator" viewer={viewer} current="account">
    <div class="panel stack">
      <p class="lead">
        <strong class="long">{name}</strong> is your only authenticator. Without it, two-factor authentication is off:
        your password alone opens the account, and your recovery codes are erased.
      </p>
      <p class="lead">Did you get a new phone? Then move it there instead.</p>
      <div class="row">
        <a class="button" href="/settings/two-factor/replace/move">
          Move to a New Phone
        </a>
        <a class="button danger" href="/settings/two-factor/disable">
          Disable Two-Factor Authentication
        </a>
        <Cancel />
      </div>
    </div>
  </Settings>
)
