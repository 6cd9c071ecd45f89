import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { NameField } from './name-field.tsx'

const LIST = '/settings/two-factor/authenticators'

const Cancel = () => (
  <a class="button plain" href={LIST}>
    {words.ui.cancel}
  </a>
)

type ChangeProps<Fields extends string> = {
  visitor: Visitor
  authenticator: { id: string; name: string }
  form: FormState<Fields>
}

export const RenameAuthenticatorPage = ({ visitor, authenticator, form }: ChangeProps<'name'>) => (
  <Settings title={words.twoFactor.authenticators.renamePage} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <form method="post" action={`${LIST}/${authenticator.id}/rename`} class="panel stack" novalidate>
      <NameField form={form} name={authenticator.name} autofocus />
      <div class="row">
        <button type="submit" class="primary">
          {words.ui.save}
        </button>
        <Cancel />
      </div>
    </form>
  </Settings>
)

/** Are you sure? The password is the answer. */
export const RemoveAuthenticatorPage = ({ visitor, authenticator, form }: ChangeProps<'password'>) => (
  <Settings title={words.twoFactor.authenticators.removePage} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <div class="panel stack">
      <p class="lead">
        {words.twoFactor.authenticators.removeLead(<strong class="long">{authenticator.name}</strong>)}
      </p>
      <form method="post" action={`${LIST}/${authenticator.id}/remove`} class="stack" novalidate>
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

/** The last one is not removed: without it there is no second factor, and that is for Disable to do. */
export const RemoveLastPage = ({ visitor, name }: { visitor: Visitor; name: string }) => (
  <Settings title={words.twoFactor.authenticators.removePage} visitor={visitor} current="account">
    <div class="panel stack">
      <p class="lead">{words.twoFactor.authenticators.lastLead(<strong class="long">{name}</strong>)}</p>
      <p class="lead">{words.twoFactor.authenticators.newPhone}</p>
      <div class="row">
        <a class="button" href="/settings/two-factor/replace/move">
          {words.twoFactor.move.title}
        </a>
        <a class="button danger" href="/settings/two-factor/disable">
          {words.twoFactor.flows.disable.title}
        </a>
        <Cancel />
      </div>
    </div>
  </Settings>
)
