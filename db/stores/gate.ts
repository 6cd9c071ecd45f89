import { and, eq, gt, or } from 'drizzle-orm'
import { type Database, type Db, must, unlessOrphaned } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import {
  accessTokens,
  accounts,
  appGroups,
  appHosts,
  appNetworks,
  appPaths,
  apps,
  gateCodes,
  gateSessions,
  groups,
  sessions,
} from '../schema.ts'
import { appColumns, groupsOfAccount, networkColumns, pathColumns, rulesOfApp } from './app-columns.ts'
import { byThisSession, openedApps } from './opened-apps.ts'
import { account, accountOfToken, policiesOf, session, signedInRead, token } from './visitors.ts'

type Code = typeof gateCodes.$inferInsert
type GateSession = typeof gateSessions.$inferInsert

const RULES_KEPT = 2000 // apps

/**
 * Adds what an app asks for to a read that names the app. That changes when an operator changes it, so a process reads it once for each
 * revision. The revision comes with every read, so nobody is judged by rules of another time than what is known of them. `wholeOf` puts
 * both together by name, because to spread them takes V8 longer than the rest of a kept answer.
 */
function knowingRules(db: Db) {
  const byId = placeholders({ id: apps.id })
  const readRules = prepared(
    'gate_rules',
    byId,
    db
      .select({ app: { ...appColumns, revision: apps.revision }, ...rulesOfApp(db) })
      .from(apps)
      .where(eq(apps.id, byId.id)),
  )
  type AppRules = Awaited<ReturnType<typeof readRules>>[number]
  const known = new Map<string, AppRules>()
  return <Found extends { app: { id: string; revision: string } }, Whole>(
    read: (at: { host: string; tokenHash: string }) => Promise<readonly Found[]>,
    wholeOf: (rules: AppRules, found: Found) => Whole,
  ) =>
    async (host: string, tokenHash: string): Promise<Whole | undefined> => {
      for (;;) {
        const [found] = await read({ host, tokenHash })
        if (!found) return undefined
        const { id, revision } = found.app
        const rules = known.get(id)
        if (rules?.app.revision === revision) return wholeOf(rules, found)
        const [now] = await readRules({ id })
        if (known.size >= RULES_KEPT) known.clear()
        if (now) known.set(id, now)
      }
    }
}

/** What the checks of the gate read, and how a session comes to a host. */
export function gateStore({ db, atomically }: Database) {
  const asked = placeholders({ host: appHosts.host, tokenHash: gateSessions.tokenHash })

  const app = { id: apps.id, revision: apps.revision }
  const policies = policiesOf(db)
  const memberIn = groupsOfAccount(db)
  const atHost = eq(appHosts.host, asked.host)

  const bySession = db
    .select({
      app,
      gateSession: { tokenHash: gateSessions.tokenHash, lastSeenAt: gateSessions.lastSeenAt },
      session,
      account: { ...account, policies },
      memberIn,
    })
    .from(appHosts)
    .innerJoin(apps, eq(apps.id, appHosts.appId))
    .leftJoin(gateSessions, and(eq(gateSessions.tokenHash, asked.tokenHash), eq(gateSessions.host, appHosts.host)))
    .leftJoin(sessions, eq(sessions.id, gateSessions.sessionId))
    .leftJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(atHost)

  const byToken = db
    .select({
      app,
      token,
      account: { ...accountOfToken, username: accounts.username, displayName: accounts.displayName, policies },
      memberIn,
    })
    .from(appHosts)
    .innerJoin(apps, eq(apps.id, appHosts.appId))
    .leftJoin(
      accessTokens,
      or(eq(accessTokens.tokenHash, asked.tokenHash), eq(accessTokens.previousHash, asked.tokenHash)),
    )
    .leftJoin(accounts, eq(accounts.id, accessTokens.accountId))
    .where(atHost)

  /** The same app for a page of the portal, beside who is there. */
  const here = <Row>(rows: { where(of: typeof atHost): Row }) => rows.where(atHost)
  const readAtPortal = signedInRead(
    db,
    'gate_at_portal',
    {
      apps: listOf(here(db.select(appColumns).from(appHosts).innerJoin(apps, eq(apps.id, appHosts.appId)))),
      groups: listOf(
        here(
          db
            .select({ id: groups.id, name: groups.name })
            .from(appHosts)
            .innerJoin(appGroups, eq(appGroups.appId, appHosts.appId))
            .innerJoin(groups, eq(groups.id, appGroups.groupId)),
        ),
      ),
      paths: listOf(
        here(db.select(pathColumns).from(appHosts).innerJoin(appPaths, eq(appPaths.appId, appHosts.appId))),
      ),
      networks: listOf(
        here(db.select(networkColumns).from(appHosts).innerJoin(appNetworks, eq(appNetworks.appId, appHosts.appId))),
      ),
      memberIn,
    },
    { host: asked.host },
  )
  const readOpened = signedInRead(db, 'visitor_with_apps', { opened: openedApps(db, byThisSession) }, {})

  const withRules = knowingRules(db)

  return {
    /** The app at a host, and who comes with that gate session, if it is one of that host. Undefined where no app is. */
    atHost: withRules(
      prepared('gate_by_session', asked, bySession),
      ({ app, groups, paths, networks }, { memberIn, gateSession, session, account }) => ({
        app,
        groups,
        paths,
        networks,
        memberIn,
        gateSession,
        session,
        account,
      }),
    ),
    /** The same for an access token. */
    atHostByToken: withRules(
      prepared('gate_by_token', asked, byToken),
      ({ app, groups, paths, networks }, { memberIn, token, account }) => ({
        app,
        groups,
        paths,
        networks,
        memberIn,
        token,
        account,
      }),
    ),
    /** Who is signed in at the portal, and the app at a host, if one is there. */
    visitorAtHost: (tokenHash: string, host: string) => readAtPortal(tokenHash, { host }),

    /** False if the session or the host is gone. */
    putCode: (code: Code): Promise<boolean> =>
      unlessOrphaned(atomically((tx) => [tx.insert(gateCodes).values(code)])).then((kept) => kept !== false),

    /** One that nobody has spent yet. */
    async findCode(codeHash: string) {
      const [code] = await db.select().from(gateCodes).where(eq(gateCodes.codeHash, codeHash))
      return code
    },

    /** Whoever showed it: nobody can use it any more. */
    async spendCode(codeHash: string): Promise<void> {
      await atomically((tx) => [tx.delete(gateCodes).where(eq(gateCodes.codeHash, codeHash))])
    },

    /**
     * Spends a code for a session at its host, in the place of one that the same session had there. False, and nothing done, if the code
     * is gone or not for this host and this browser, or its time is over.
     */
    handOver: ({
      codeHash,
      nonceHash,
      gateSession,
    }: {
      codeHash: string
      nonceHash: string
      gateSession: GateSession
    }) =>
      unlessOrphaned(
        atomically((tx) => [
          must(
            tx
              .delete(gateCodes)
              .where(
                and(
                  eq(gateCodes.codeHash, codeHash),
                  eq(gateCodes.nonceHash, nonceHash),
                  eq(gateCodes.host, gateSession.host),
                  eq(gateCodes.sessionId, gateSession.sessionId),
                  gt(gateCodes.expiresAt, gateSession.startedAt),
                ),
              )
              .returning({ codeHash: gateCodes.codeHash }),
          ),
          tx
            .delete(gateSessions)
            .where(and(eq(gateSessions.sessionId, gateSession.sessionId), eq(gateSessions.host, gateSession.host))),
          tx.insert(gateSessions).values(gateSession),
        ]),
      ),

    /** A navigation is use of both sessions. Not durable: a power cut only loses when they were last used. */
    async seen({ tokenHash, sessionId, at }: { tokenHash: string; sessionId: string; at: Date }): Promise<void> {
      await atomically(
        (tx) => [
          tx.update(gateSessions).set({ lastSeenAt: at }).where(eq(gateSessions.tokenHash, tokenHash)),
          tx.update(sessions).set({ lastSeenAt: at }).where(eq(sessions.id, sessionId)),
        ],
        { durable: false },
      )
    },

    /** Who is signed in, and the apps that the session has opened. */
    visitorWithApps: (tokenHash: string) => readOpened(tokenHash),
  }
}
