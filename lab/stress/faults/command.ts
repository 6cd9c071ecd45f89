// Commands of an operator, one after the other, over a database whose transactions pass points. Each is a line of JSON, and opens
// everything again. It dies at the point of its number, or at none for 0; otherwise it answers with a line.
import { createInterface } from 'node:readline'
import { removeDueAccounts } from '../../../app/account/deletions.ts'
import { readConfig } from '../../../app/config.ts'
import { type Deps, wire } from '../../../app/deps.ts'
import { applyApps, planApps } from '../../../app/gate/apply.ts'
import type { WrittenApp } from '../../../app/gate/written-app.ts'
import { tellSignOuts } from '../../../app/openid/sign-outs.ts'
import { COMMAND_LINE } from '../../../app/operators/command-line.ts'
import { deleteAccount } from '../../../app/operators/deletion.ts'
import { firstOperatorLink } from '../../../app/operators/first-operator.ts'
import { importAccounts } from '../../../app/operators/import/import.ts'
import { invite, revokeInvitation } from '../../../app/operators/invitations.ts'
import { reseal } from '../../../app/operators/keys.ts'
import { approveRescue, beginRescue } from '../../../app/operators/rescue.ts'
import { open } from '../../../app/process/open.ts'
import { signUp } from '../../../app/sign-in/sign-up.ts'
import { PASSWORD } from '../../../testing/names.ts'
import { QUICK } from '../../../testing/quick-hashes.ts'
import { counted, withPoints } from './points.ts'

const by = { operatorId: null, reason: 'Lost the phone', origin: COMMAND_LINE }

/** Each with what it is told. */
const commands = {
  reseal: (deps: Deps) => reseal(deps),
  import: (deps: Deps, rows = '') => importAccounts(deps, JSON.parse(rows), { write: true }, by),
  'begin a rescue': (deps: Deps, email = '') => beginRescue(deps, email, by),
  'approve a rescue': (deps: Deps, email = '', operatorId = '') =>
    approveRescue(deps, email, { ...by, operatorId: Number(operatorId) }),
  invite(deps: Deps, email = '', group = '') {
    const wanted = { email, isSent: true, role: 'member', accountEndsAt: null } as const
    return invite(deps, { ...wanted, groups: [{ name: group, until: null }] }, by)
  },
  'revoke an invitation': (deps: Deps, id = '') => revokeInvitation(deps, id, by),
  'make the first operator’s link': (deps: Deps) => firstOperatorLink(deps),
  'use the first operator’s link': (deps: Deps, token = '', email = '') =>
    signUp(deps, { email, password: PASSWORD }, COMMAND_LINE, token),
  delete: (deps: Deps, email = '') => deleteAccount(deps, email, by, email),
  async 'delete what is due'(deps: Deps) {
    for await (const removed of removeDueAccounts(deps, 1)) if (removed !== 1) throw new Error('Nothing was due.')
  },
  'tell apps of sign-outs': (deps: Deps) => tellSignOuts(deps),
  async 'apply a file of apps'(deps: Deps, apps = '') {
    const wanted: WrittenApp[] = JSON.parse(apps)
    const found = await planApps(deps, wanted)
    return found.ok ? applyApps(deps, { wanted, plan: found.plan }, by) : found
  },
} satisfies Record<string, (deps: Deps, ...given: string[]) => Promise<unknown>>

export type Command = keyof typeof commands
export type Told = { name: Command; dieAt: number; given: string[]; settings: Record<string, string> }
export type Done = { answered?: unknown; points: string[] }

for await (const line of createInterface(process.stdin)) await run(JSON.parse(line))

async function run({ name, dieAt, given, settings }: Told) {
  const config = readConfig({ ...process.env, ...settings })
  const { database, vault } = await open(config)
  const deps = wire({
    database: withPoints(database),
    vault,
    settings: { ...config, baseUrl: config.baseUrl ?? '' },
    now: () => new Date(),
    passwordCost: QUICK,
  })
  const command: (deps: Deps, ...given: string[]) => Promise<unknown> = commands[name]
  const done = await counted(dieAt, async (run) => ({ answered: await command(deps, ...given), points: run.passed }))
  await database.close()
  console.log(JSON.stringify(done))
}
