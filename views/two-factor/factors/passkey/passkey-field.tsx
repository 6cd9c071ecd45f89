import { type PropsWithChildren, useContext } from 'hono/jsx'
import { AssetsContext } from '../../../document.tsx'

/** What the browser is asked, as JSON of WebAuthn: to make a passkey, or to answer with one. */
export type Ceremony = { create: object } | { get: object }

type PasskeyFieldProps = {
  asks: Ceremony
  /** Offered as well where a name is typed. */
  autofill?: boolean | undefined
  /** The page to ask again with, because an answer is for one challenge, and that ends. */
  anew?: string | undefined
}

/** Where the script finds what to ask, and puts the answer. */
export const PasskeyField = ({ asks, autofill, anew }: PasskeyFieldProps) => (
  <input
    type="hidden"
    name="passkey"
    data-passkey-create={'create' in asks ? JSON.stringify(asks.create) : undefined}
    data-passkey-get={'get' in asks ? JSON.stringify(asks.get) : undefined}
    data-passkey-autofill={autofill || undefined} // false would be written out
    data-passkey-anew={anew}
  />
)

/** What browsers report by that name; without one, whatever else went wrong. */
export const PasskeyFailed = ({ name = '', children }: PropsWithChildren<{ name?: string }>) => (
  <p class="error" role="alert" data-failed={name} hidden>
    {children}
  </p>
)

export const PasskeyScript = () => <script type="module" src={useContext(AssetsContext).passkeyScript} />

/** Seen where the script runs in a browser with passkeys, and nowhere else. */
export const WithPasskeys = ({ children }: PropsWithChildren) => (
  <div class="stack" data-passkey hidden>
    {children}
    <PasskeyScript />
  </div>
)

/** Seen everywhere else. */
export const WithoutPasskeys = ({ children }: PropsWithChildren) => (
  <div class="stack" data-no-passkey>
    {children}
  </div>
)
