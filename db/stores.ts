import type { Database } from './client.ts'
import { accessTokenStore } from './stores/access-tokens.ts'
import { accountListStore } from './stores/account-lists.ts'
import { accountStore } from './stores/accounts.ts'
import { appStore } from './stores/apps.ts'
import { checkUpStore } from './stores/check-up.ts'
import { clientStore } from './stores/clients.ts'
import { deletionStore } from './stores/deletions.ts'
import { emailStore } from './stores/emails.ts'
import { eventChainStore } from './stores/event-chain.ts'
import { eventLogStore } from './stores/event-log.ts'
import { gateStore } from './stores/gate.ts'
import { groupStore } from './stores/groups.ts'
import { housekeepingStore } from './stores/housekeeping.ts'
import { importedAccountStore } from './stores/imported-accounts.ts'
import { invitationStore } from './stores/invitations.ts'
import { knownBrowserStore } from './stores/known-browsers.ts'
import { limitStore } from './stores/limits.ts'
import { mailStore } from './stores/mails.ts'
import { migrationStore } from './stores/migrations.ts'
import { notMeStore } from './stores/not-me.ts'
import { openidStore } from './stores/openid.ts'
import { operatorStore } from './stores/operators.ts'
import { ownerStore } from './stores/owners.ts'
import { panicStore } from './stores/panic.ts'
import { personalDataStore } from './stores/personal-data.ts'
import { policyStore } from './stores/policies.ts'
import { recoveryStore } from './stores/recoveries.ts'
import { rescueStore } from './stores/rescues.ts'
import { restoredStore } from './stores/restored.ts'
import { sealedValueStore } from './stores/sealed-values.ts'
import { eventStore } from './stores/security-events.ts'
import { sessionStore } from './stores/sessions.ts'
import { signInStore } from './stores/sign-ins.ts'
import { signInAloneStore } from './stores/sign-ins-alone.ts'
import { signedInAppStore } from './stores/signed-in-apps.ts'
import { suspensionStore } from './stores/suspensions.ts'
import { trustedBrowserStore } from './stores/trusted-browsers.ts'
import { twoFactorStore } from './stores/two-factor.ts'
import { usernameStore } from './stores/usernames.ts'

/** What the rooms are wired with: each takes the stores it names. */
export type Stores = ReturnType<typeof storesOf>

/** Every store over one database. `delay` and `read` are numbers of the rules, which statements hold from the start. */
export const storesOf = (
  database: Database,
  {
    delay,
    read,
    log,
  }: {
    delay: Parameters<typeof limitStore>[1]
    read: Parameters<typeof eventStore>[1]
    log: Parameters<typeof eventLogStore>[1]
  },
) => ({
  accessTokens: accessTokenStore(database),
  accountLists: accountListStore(database),
  accounts: accountStore(database),
  apps: appStore(database),
  checkUps: checkUpStore(database),
  clients: clientStore(database),
  deletions: deletionStore(database),
  emails: emailStore(database),
  eventChain: eventChainStore(database),
  events: eventStore(database, read),
  eventLog: eventLogStore(database, log),
  gate: gateStore(database),
  groups: groupStore(database),
  housekeeping: housekeepingStore(database),
  importedAccounts: importedAccountStore(database),
  invitations: invitationStore(database),
  knownBrowsers: knownBrowserStore(database),
  limits: limitStore(database, delay),
  mails: mailStore(database),
  migrations: migrationStore(database),
  notMe: notMeStore(database),
  openid: openidStore(database),
  operators: operatorStore(database),
  owners: ownerStore(database),
  panic: panicStore(database),
  policies: policyStore(database),
  personalData: personalDataStore(database),
  recoveries: recoveryStore(database),
  rescues: rescueStore(database),
  restored: restoredStore(database),
  sealedValues: sealedValueStore(database),
  sessions: sessionStore(database),
  signedInApps: signedInAppStore(database),
  signIns: signInStore(database),
  signInsAlone: signInAloneStore(database),
  suspensions: suspensionStore(database),
  trustedBrowsers: trustedBrowserStore(database),
  twoFactor: twoFactorStore(database),
  usernames: usernameStore(database),
})
