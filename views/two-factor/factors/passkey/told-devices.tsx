import { PasskeyScript } from './passkey-field.tsx'

// W3C Web Authentication, Level 3, section 5.1.10: what a site tells the browser about passkeys, for whoever keeps them.

type SignalProps = { by: string; of: object }

const Signal = ({ by, of }: SignalProps) => (
  <span hidden data-passkey-signal={by} data-passkey-of={JSON.stringify(of)} />
)

type UnknownPasskeyProps = { rpId: string; credentialId: string }

/** It was offered here and opens nothing, so that it need not be offered again. */
export const UnknownPasskey = (of: UnknownPasskeyProps) => <Signal by="signalUnknownCredential" of={of} />

type AccountPasskeysProps = {
  rpId: string
  userHandle: string
  email: string
  displayName: string | null
  credentialIds: readonly string[]
}

/** Which passkeys open the account, and what it is called now. */
export const AccountPasskeys = ({
  rpId,
  userHandle: userId,
  email,
  displayName,
  credentialIds,
}: AccountPasskeysProps) => (
  <>
    <Signal by="signalAllAcceptedCredentials" of={{ rpId, userId, allAcceptedCredentialIds: credentialIds }} />
    <Signal by="signalCurrentUserDetails" of={{ rpId, userId, name: email, displayName: displayName ?? email }} />
    <PasskeyScript />
  </>
)
