import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import type { ListedAuthenticator } from './authenticator-list.tsx'
import { flows } from './flows.ts'
import { NameField } from './name-field.tsx'

const LIST = '/settings/two-factor/authenticators'

const Cancel = () => (
  <a class="button plain" href={LIST}>
    {words.ui.cancel}
  </a>
)

type Named = Pick<ListedAuthenticator, 'id' | 'name' | 'passkey'>

type ChangeProps<Fields extends string> = {
  visitor: Visitor
  authenticator: Named
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
      <p class="lead">{removeLead(authenticator)}</p>
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
export const RemoveLastPage = ({ visitor, authenticator: { name, passkey } }: Omit<ChangeProps<never>, 'form'>) => (
  <Settings title={words.twoFactor.authenticators.removePage} visitor={visitor} current="account">
    <div class="panel stack">
      <p class="lead">{words.twoFactor.authenticators.lastLead(<strong class="long">{name}</strong>)}</p>
      <p class="lead">{passkey ? words.passkeys.list.addFirst : words.twoFactor.authenticators.newPhone}</p>
      <div class="row">
        {passkey ? (
          <a class="button" href={flows.add.action}>
            {words.twoFactor.flows.add.title}
          </a>
        ) : (
          <a class="button" href="/settings/two-factor/replace/move">
            {words.twoFactor.move.title}
          </a>
        )}
        <a class="button danger" href="/settings/two-factor/disable">
          {words.twoFactor.flows.disable.title}
        </a>
        <Cancel />
      </div>
    </div>
  </Settings>
)

const removeLead = ({ name, passkey }: Named) => {
  const { removeLead } = passkey ? words.passkeys.list : words.twoFactor.authenticators
  return removeLead(<strong class="long">{name}</strong>)
}
