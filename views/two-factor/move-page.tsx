import { Settings } from '../layouts.tsx'
import type { Viewer } from '../ui/types.ts'
import { AuthenticatorList, type ListedAuthenticator } from './authenticator-list.tsx'

const REPLACE = '/settings/two-factor/replace/confirm'

type MovePageProps = { viewer: Viewer; authenticators: ListedAuthenticator[] }

const Cancel = () => (
  <a class="button plain" href="/settings/two-factor/authenticators">
    Cancel
  </a>
)

const Choice = ({ authenticators }: { authenticators: ListedAuthenticator[] }) => (
  <section class="panel stack">
    <h2>Which one moves?</h2>
    <AuthenticatorList
      authenticators={authenticators}
      actions={({ id }, nameId) => (
        <a class="button" href={`${REPLACE}?authenticator=${id}`} aria-describedby={nameId}>
          Move
        </a>
      )}
    />
    <div class="row">
      <Cancel />
    </div>
  </section>
)

/** The guide to Replace Authenticator: what happens, in order, and which authenticator it is about where there are several. */
export const MovePage = ({ viewer, authenticators }: MovePageProps) => (
  <Settings title="Move to a New Phone" viewer={viewer} current="account">
    <p class="lead">
      The authenticator on the new phone takes the place of the one on the old phone. The old one works until the new
      one is confirmed.
    </p>
    <section class="panel stack">
      <h2>How it goes</h2>
      <dl class="details">
        <div>
          <dt>Step 1</dt>
          <dd>Have the new phone at hand, with an authenticator app on it, and type your password.</dd>
        </div>
        <div>
          <dt>Step 2</dt>
          <dd>Scan the new QR code with the new phone, and type the code it shows.</dd>
        </div>
        <div>
          <dt>Step 3</dt>
          <dd>Delete the entry on the old phone, and look whether your recovery codes are where you think they are.</dd>
        </div>
      </dl>
      <details>
        <summary>Lost the old phone?</summary>
        <p>
          It goes the same way: you have signed in, with a recovery code perhaps, and the old phone is not needed. Once
          the new one is confirmed, the lost phone no longer opens your account.
        </p>
      </details>
      {authenticators.length === 1 && (
        <div class="row">
          <a class="button primary" href={REPLACE}>
            Continue
          </a>
          <Cancel />
        </div>
      )}
    </section>
    {authenticators.length > 1 && <Choice authenticators={authenticators} />}
  </Settings>
)
