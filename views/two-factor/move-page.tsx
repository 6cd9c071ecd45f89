import { Settings } from '../layouts.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { AuthenticatorList, type ListedAuthenticator } from './authenticator-list.tsx'

const REPLACE = '/settings/two-factor/replace/confirm'

type MovePageProps = { visitor: Visitor; authenticators: ListedAuthenticator[] }

const Cancel = () => (
  <a class="button plain" href="/settings/two-factor/authenticators">
    {words.ui.cancel}
  </a>
)

const Choice = ({ authenticators }: { authenticators: ListedAuthenticator[] }) => (
  <section class="panel stack">
    <h2>{words.twoFactor.move.which}</h2>
    <AuthenticatorList
      authenticators={authenticators}
      actions={({ id }, nameId) => (
        <a class="button" href={`${REPLACE}?authenticator=${id}`} aria-describedby={nameId}>
          {words.twoFactor.move.move}
        </a>
      )}
    />
    <div class="row">
      <Cancel />
    </div>
  </section>
)

/** The guide to Replace Authenticator: what happens, in order, and which authenticator it is about where there are several. */
export const MovePage = ({ visitor, authenticators }: MovePageProps) => (
  <Settings title={words.twoFactor.move.title} visitor={visitor} current="account">
    <p class="lead">{words.twoFactor.move.lead}</p>
    <section class="panel stack">
      <h2>{words.twoFactor.move.how}</h2>
      <dl class="details">
        {steps(authenticators).map(({ term, text }) => (
          <div>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>{words.twoFactor.move.lost}</summary>
        <p>{words.twoFactor.move.lostHelp}</p>
      </details>
      {authenticators.length === 1 && (
        <div class="row">
          <a class="button primary" href={REPLACE}>
            {words.ui.continue}
          </a>
          <Cancel />
        </div>
      )}
    </section>
    {authenticators.length > 1 && <Choice authenticators={authenticators} />}
  </Settings>
)

const steps = (authenticators: ListedAuthenticator[]) =>
  (authenticators.every(({ passkey }) => passkey) ? words.passkeys.list : words.twoFactor.move).steps
