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
/** What our own APIs ask for. */
export type ApiScope = (typeof SCOPES)[number] | ApiMethod
/** Opens one app behind the gate, by its name, and nothing of ours. */
export type AppScope = `app:${string}`
export type Scope = ApiScope | AppScope

export const API_METHODS = Object.keys(METHOD_SCOPES) as ApiMethod[]
export const ALL_SCOPES: ApiScope[] = [...SCOPES, ...API_METHODS]

/** An app's name is as a group's. Whether there is one, only the gate asks: a scope of one that is gone opens nothing. */
export const APP_SCOPE = /^app:[a-z0-9][a-z0-9._-]{0,31}$/
export const isAppScope = (scope: string): scope is AppScope => APP_SCOPE.test(scope)
export const isApiScope = (scope: string): scope is ApiScope => ALL_SCOPES.some((known) => known === scope)

/** As stored, separated by spaces. What this version does not know opens nothing. */
export const scopesIn = (stored: string): Scope[] =>
  stored.split(' ').filter((scope): scope is Scope => isApiScope(scope) || isAppScope(scope))

/** Whether a token of these scopes may do what needs `wanted`. */
export const allows = (scopes: readonly Scope[], wanted: ApiScope): boolean => {
  if (scopes.includes(wanted)) return true
  return wanted in METHOD_SCOPES && scopes.includes(METHOD_SCOPES[wanted as ApiMethod])
}
