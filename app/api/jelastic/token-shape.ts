import type { AccessToken } from '../../access-tokens/access-tokens.ts'
import { ALL_SCOPES, type ApiScope, isApiScope, METHOD_SCOPES, SCOPES } from '../../access-tokens/scopes.ts'
import { invalidParameter } from './results.ts'

// An access token as clients of `/1.0/` read it.

const CHANGING: readonly ApiScope[] = ['sessions:write']
const isSafe = (scope: ApiScope) =>
  !CHANGING.includes(scope in METHOD_SCOPES ? METHOD_SCOPES[scope as keyof typeof METHOD_SCOPES] : scope)

const item = (scope: ApiScope) => ({ id: ALL_SCOPES.indexOf(scope) + 1, method: scope, isSafe: isSafe(scope) })

/** What a token may be allowed, with `search` in its name. */
export const permissions = (search = '') => ALL_SCOPES.filter((scope) => scope.includes(search.toLowerCase())).map(item)

const TEMPLATES: { id: number; name: string; scopes: ApiScope[] }[] = [
  { id: 1, name: 'Full access', scopes: [...SCOPES] },
  { id: 2, name: 'Read only', scopes: SCOPES.filter(isSafe) },
]
const CUSTOM = { id: 3, name: 'Custom' }

export const templates = () => TEMPLATES.map(({ id, name, scopes }) => ({ id, name, apiListItems: scopes.map(item) }))

type Wanted = { tokenTemplate?: string | undefined; apiList?: ApiScope[] | undefined }

/** What a token will be allowed; undefined if neither a template nor a list says. An unknown template gives nothing. */
export function wantedScopes({ tokenTemplate, apiList }: Wanted): ApiScope[] | undefined {
  if (!tokenTemplate) return apiList
  const isNamed = ({ id, name }: { id: number; name: string }) =>
    [String(id), name.toLowerCase()].includes(tokenTemplate.toLowerCase())
  const template = TEMPLATES.find(isNamed)
  if (!template && !isNamed(CUSTOM))
    throw invalidParameter('tokenTemplate', 'Name one of gettokentemplates, or Custom.')
  if (template && apiList) throw invalidParameter('apiList', 'Give either a template or a list.')
  if (!template && !apiList) throw invalidParameter('apiList', 'It is required.')
  return template ? template.scopes : apiList
}

/** Its value, the `key`, is only in the answers that make one. */
export function shownToken(token: AccessToken, key?: string) {
  const { id, name } = TEMPLATES.find(({ scopes }) => areEqual(scopes, token.scopes)) ?? CUSTOM
  return {
    id: token.id,
    description: token.description,
    key,
    expiresAt: token.expiresAt,
    lastUsed: token.lastUsedAt,
    isSystem: false,
    tokenTemplate: { id, name },
    apiListItems: token.scopes.filter(isApiScope).map(item), // of apps, these clients know nothing
  }
}

const areEqual = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((scope) => others.includes(scope))
