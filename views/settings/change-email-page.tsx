import { Settings } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState, Viewer } from '../ui/types.ts'

type ChangeEmailPageProps = { viewer: Viewer; form: FormState<'email' | 'password'> }

/** The new address, and the password. */
export const ChangeEmailPage = ({ viewer, form }: ChangeEmailPageProps) => (
  <Settings title="Change E-mail Address" viewer={viewer} current="account">
    <ErrorSummary form={form} />
    <p class="lead">
      A link goes to the new address. Until it is followed,{' '}
      <span class="long">
        <Address of={viewer.email} />
      </span>{' '}
      stays your address.
    </p>
    <form method="post" action="/settings/email/change" class="panel stack" novalidate>
      <EmailField form={form} name="email" label="New e-mail address" autofocus={!form.errors?.['']} />
      <PasswordField form={form} name="password" label="Password" autocomplete="current-password" />
      <div class="row">
        <button type="submit" class="primary">
          Send link
        </button>
        <a class="button plain" href="/settings/email">
          Cancel
        </a>
      </div>
    </form>
  </Settings>
)
