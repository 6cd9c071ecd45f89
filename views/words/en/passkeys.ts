import type { Child } from 'hono/jsx'

export const passkeys = {
  /** Of the button that leads from an authenticator app to a passkey. */
  instead: 'Use a passkey instead',

  enrol: {
    titles: {
      'set-up': 'Step 1 of 2: Register a Passkey',
      add: 'Register a Passkey',
      replace: 'Replace Passkey',
    },
    lead: 'A passkey opens your account with your fingerprint, your face, the PIN of your device or a security key. It works on this site alone, so no other site can talk you out of it.',
    choose: 'Choose where it is kept',
    places: [
      { term: 'This device', text: 'Its fingerprint reader, camera or PIN unlocks the passkey.' },
      { term: 'A password manager', text: 'It brings the passkey to all your devices.' },
      { term: 'A phone', text: 'Your browser shows a QR code, and you scan it with the phone.' },
      { term: 'A security key', text: 'Plug it in or hold it to the device when your browser asks.' },
    ],
    submit: { 'set-up': 'Register passkey', add: 'Add passkey', replace: 'Replace passkey' },
    next: 'Your browser asks for it next.',
    failed:
      'Your browser registered no passkey. Try again, and take your time when it asks. Nothing has changed so far.',
    already:
      'There is a passkey for this account already in that place. Choose another place, or another security key.',
    unsupported:
      'This browser has no passkeys, or its scripts are switched off. Use an authenticator app, or another browser.',
  },

  secondStep: {
    lead: 'Your browser asks for your passkey or your security key.',
    submit: 'Use a passkey',
    anotherWay: 'Use another way',
    failed: 'Your browser gave no passkey. Try again, or use another way.',
    failedAlone: 'Your browser gave no passkey. Try again.',
    onlyPasskeys:
      'Your account has passkeys alone. To use one, you need a browser with passkeys and with scripts switched on. Or enter one of your recovery codes.',
    recoveryCode: 'Enter one of your recovery codes.',
  },

  signIn: {
    submit: 'Use a passkey',
    failed: 'Your browser gave no passkey. Try again, or sign in with your password.',
  },

  freshProof: {
    recoveryCode: 'Enter one of your recovery codes. That holds for 10 minutes.',
    onlyPasskeys:
      "This needs one of your passkeys: a code isn't enough. It takes a browser with passkeys, and with scripts switched on.",
  },

  marks: {
    on_one_device: 'On one device',
    synced: 'Synced',
  },

  /** Of authenticators among which there are passkeys, or about one of them. */
  list: {
    lead: 'Any of these opens your account, together with your password. A passkey that checks your fingerprint, your face or a PIN opens it alone. With two, in two places, losing one locks nobody out.',
    synced: '. Synced by your password manager.',
    refused: '. It is refused here. Remove it and add it again.',
    removeLead: (name: Child): Child => [
      name,
      " will no longer open your account. We can't delete it from your device or password manager: do that there. Your other authenticators and your recovery codes stay. This signs you out everywhere else.",
    ],
    signingIn: 'Signing in takes a passkey, or your password and a code.',
    steps: [
      { term: 'Step 1', text: 'Have the new device or security key ready, and type your password.' },
      { term: 'Step 2', text: 'Register the new passkey when your browser asks for it.' },
      {
        term: 'Step 3',
        text: 'Delete the old passkey where it was, and check that your recovery codes are where you think they are.',
      },
    ],
    addFirst: 'Do you want another one instead? Then add that first.',
  },

  refused: {
    passkey_refused: "That passkey wasn't accepted. Try again.",
    passkey_unknown: "That passkey isn't one of this account's. Try another one.",
    passkey_expired: 'That took too long. Try again.',
    passkey_in_use: 'This passkey is in use already. Choose another one.',
    passkey_too_large: "This passkey can't be kept here: what it sends is too long. Choose another one.",
  },
}
