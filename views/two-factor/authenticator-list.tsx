import type { Child } from 'hono/jsx'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

/** `readable` false: its secret is damaged, so it is refused. `passkey`: where it is, if it is one. */
export type ListedAuthenticator = {
  id: string
  name: string
  addedAt: Date
  lastUsedAt: Date | null
  readable: boolean
  passkey?: 'on_one_device' | 'synced' | undefined
}

type AuthenticatorListProps = {
  authenticators: ListedAuthenticator[]
  /** What can be done with each; `nameId` is the element that names it. */
  actions: (authenticator: ListedAuthenticator, nameId: string) => Child
}

const Facts = ({ addedAt, lastUsedAt, readable, passkey }: ListedAuthenticator) => (
  <p>
    {words.twoFactor.authenticators.added(<When at={addedAt} to="day" />)}
    {lastUsedAt
      ? words.twoFactor.authenticators.lastUsed(<When at={lastUsedAt} />)
      : words.twoFactor.authenticators.unused}
    {passkey === 'synced' && readable && words.passkeys.list.synced}
    {!readable && (passkey ? words.passkeys.list.refused : words.twoFactor.authenticators.refused)}
  </p>
)

/** Authenticators by name, under a heading of the page, with their dates. */
export const AuthenticatorList = ({ authenticators, actions }: AuthenticatorListProps) => (
  <ul class="stack">
    {authenticators.map((authenticator) => {
      const nameId = `name-${authenticator.id}`
      return (
        <li class="item">
          <div>
            <h3 class="long">
              <span id={nameId}>{authenticator.name}</span>{' '}
              {authenticator.passkey && <span class="mark">{words.passkeys.marks[authenticator.passkey]}</span>}{' '}
              {!authenticator.readable && <span class="mark warn">{words.twoFactor.authenticators.unreadable}</span>}
            </h3>
            <Facts {...authenticator} />
          </div>
          {actions(authenticator, nameId)}
        </li>
      )
    })}
  </ul>
)
