import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../../http/env.ts'

export type Document = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>

/** What a person wants to do, in the usual order, and the calls for it by their `operationId`. */
const GROUPS: { name: string; description: string; calls: Record<string, string> }[] = [
  {
    name: 'Sign in and out',
    description:
      'Begin with the password, go on with a code or a passkey where one is owed, or begin with a passkey alone. End with the session.',
    calls: {
      signIn: 'POST /sessions',
      answerChallenge: 'POST /sessions/verify',
      askPasskey: 'GET /sessions/passkey',
      signInWithPasskey: 'POST /sessions/passkey',
      getSession: 'GET /session',
      signOut: 'DELETE /session',
    },
  },
  {
    name: 'Look at the account',
    description: 'Whose it is, and what happened to its security.',
    calls: { getAccount: 'GET /account', listEvents: 'GET /events' },
  },
  {
    name: 'Use access tokens',
    description: 'For programs: they do what their scopes allow, and go where a session goes.',
    calls: {
      createToken: 'POST /tokens',
      listTokens: 'GET /tokens',
      editToken: 'PATCH /tokens/{id}',
      regenerateToken: 'POST /tokens/{id}/regenerate',
      removeToken: 'DELETE /tokens/{id}',
    },
  },
  {
    name: 'Turn the second factor on or off',
    description:
      'Begin, add the secret to an authenticator app and confirm with its code; or register a passkey, and confirm with its answer.',
    calls: {
      getTwoFactor: 'GET /two-factor',
      beginEnrolment: 'POST /two-factor/enrolment',
      confirmEnrolment: 'POST /two-factor/enrolment/confirm',
      disableTwoFactor: 'DELETE /two-factor',
      askProof: 'GET /two-factor/fresh-proof',
      proveAgain: 'POST /two-factor/fresh-proof',
    },
  },
  {
    name: 'Keep recovery codes',
    description: 'For the day the authenticator is gone.',
    calls: {
      viewRecoveryCodes: 'POST /two-factor/recovery-codes/view',
      regenerateRecoveryCodes: 'POST /two-factor/recovery-codes/regenerate',
    },
  },
  {
    name: 'See and end sessions',
    description: 'Where the account is signed in, pages included.',
    calls: { listSessions: 'GET /sessions', endSession: 'DELETE /sessions/{id}' },
  },
  {
    name: 'Invite people',
    description: 'For operators, after a code of their second factor. Others find nothing here.',
    calls: {
      invite: 'POST /invitations',
      listInvitations: 'GET /invitations',
      revokeInvitation: 'DELETE /invitations/{id}',
    },
  },
]

/** The place of a call among all. */
export const orderOf = (operationId: string): number =>
  GROUPS.flatMap(({ calls }) => Object.keys(calls)).indexOf(operationId)

const METHODS = ['get', 'post', 'patch', 'delete'] as const

/** The document with each call under its group's name and by its own. Throws if a call has no group. */
export function grouped(document: Document): Document {
  const named = new Map(
    GROUPS.flatMap(({ name, calls }) =>
      Object.entries(calls).map(([operationId, call]) => [call, { operationId, tags: [name] }] as const),
    ),
  )
  for (const [path, item] of Object.entries(document.paths ?? {}))
    for (const method of METHODS) {
      const operation = item[method]
      if (!operation) continue
      const call = `${method.toUpperCase()} ${path}`
      const names = named.get(call)
      if (!names) throw new Error(`${call} is in no group.`)
      Object.assign(operation, names)
    }
  return { ...document, tags: GROUPS.map(({ name, description }) => ({ name, description })) }
}
