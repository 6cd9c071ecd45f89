/** What a token may be allowed to do. None of them touches password, second factor, recovery codes or tokens. */
export const SCOPES = ['account:read', 'sessions:read', 'sessions:write', 'events:read'] as const

/** The methods of `/1.0/` that a token can be allowed one by one, and the scope that allows each as well. */
export const METHOD_SCOPES = {
  'users.authentication.checksign': 'account:read',
  'users.account.getuserinfo': 'account:read',
  'users.authentication.getsessions': 'sessions:read',
  'users.authentication.signoutsessions': 'sessions:write',
} as const satisfies Record<string, (typeof SCOPES)[number]>

export type ApiMethod = keyof typeof METHOD_SCOPES
export type Scope = (typeof SCOPES)[number] | ApiMethod

export const API_METHODS = Object.keys(METHOD_SCOPES) as ApiMethod[]
export const ALL_SCOPES: Scope[] = [...SCOPES, ...API_METHODS]

/** As stored, separated by spaces. What this version does not know opens nothing. */
export const scopesIn = (stored: string): Scope[] =>
  stored.split(' ').filter((scope): scope is Scope => ALL_SCOPES.some((known) => known === scope))

/** Whether a token of these scopes may do what needs `wanted`. */
export const allows = (scopes: readonly Scope[], wanted: Scope): boolean => {
  if (scopes.includes(wanted)) return true
  return wanted in METHOD_SCOPES && scopes.includes(METHOD_SCOPES[wanted as ApiMethod])
}
