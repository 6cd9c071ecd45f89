import { hashToken } from '../../app/lib/tokens.ts'
import type { Db } from '../../db/client.ts'
import { appGroups, appHosts, apps, clients, clientUris, groups } from '../../db/schema.ts'
import { CLIENT } from './client.ts'
import type { AtGate } from './protocol.ts'

const APPS = 1000
const APPS_OF_A_GROUP = 10
const ALL = 'bench-all'
/** As the client of the load calls what is behind nginx. */
const AT_NGINX = 'localhost'

const groupOf = (number: number) => `bench-${Math.floor(number / APPS_OF_A_GROUP)}`
const hostOf = (number: number) => `app-${number}.example.test`

/** A thousand apps, ten to a group, and one for all, which is behind nginx and has people sign in as well. */
export function appRows(db: Db) {
  const createdAt = new Date()
  const numbers = Array.from({ length: APPS }, (_, number) => number)
  const idOf = (number: number) => `bench-app-${number}`
  const groupIds = [ALL, ...new Set(numbers.map(groupOf))]
  const hosts = numbers.map((number) => ({ appId: idOf(number), host: hostOf(number), position: 0 }))
  return [
    db.insert(groups).values(groupIds.map((id) => ({ id, name: id, createdAt }))),
    db.insert(apps).values(
      [...numbers, APPS].map((number) => ({
        ...{ id: idOf(number), name: `app-${number}`, title: `App ${number}`, level: 'password' as const },
        ...({ takesTokens: 0, tellsIdentity: 1 } as const),
        createdAt,
      })),
    ),
    db.insert(appHosts).values([...hosts, { appId: idOf(APPS), host: AT_NGINX, position: 0 }]),
    db
      .insert(appGroups)
      .values([
        ...numbers.map((number) => ({ appId: idOf(number), groupId: groupOf(number) })),
        { appId: idOf(APPS), groupId: ALL },
      ]),
    db.insert(clients).values({
      ...{
        appId: idOf(APPS),
        authMethod: 'client_secret',
        secretHash: hashToken(CLIENT.secret),
        needsPkce: 1,
        createdAt,
      },
      ...{ signingAlg: 'RS256', isThirdParty: 0, isStrict: 0, usesDeviceFlow: 0 },
    }),
    db.insert(clientUris).values({ appId: idOf(APPS), purpose: 'redirect', uri: CLIENT.redirect, position: 0 }),
  ]
}

/** What a visitor has at one app, and behind nginx. */
export function atGate(index: number, sessionId: string, at: Date) {
  const shown: AtGate = { host: hostOf(index % APPS), cookie: tokenOf(index, 'a'), cookieAtNginx: tokenOf(index, 'b') }
  const row = (token: string, host: string) => ({
    ...{ tokenHash: hashToken(token), sessionId, host, startedAt: at, lastSeenAt: at },
  })
  const groupIds = [ALL, groupOf(index % APPS)]
  return { shown, groupIds, rows: [row(shown.cookie, shown.host), row(shown.cookieAtNginx, AT_NGINX)] }
}

const tokenOf = (index: number, kind: 'a' | 'b') => kind + index.toString(16).padStart(31, '0')
