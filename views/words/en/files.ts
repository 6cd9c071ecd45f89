/** Text files that people download and keep. */
export const files = {
  recoveryCodes: {
    title: (site: string) => `${site} recovery codes`,
    account: 'Account:',
    site: 'Site:',
    madeAt: 'Made at:',
    codes: 'Codes:',
    left: (all: number, left: number) => `${all}, of which ${left} are left`,
    usedAt: (at: string) => `used at ${at}`,
    unreadable: "can't be shown",
    how: 'Each code opens the account once, together with its password.',
  },
  accessToken: {
    title: (site: string) => `${site} access token`,
    account: 'Account:',
    site: 'Site:',
    expires: 'Expires:',
    never: 'never',
    how: 'Anyone who has it can do what its scopes allow. Remove it under Settings, Access Tokens, when you no longer need it.',
  },
}
