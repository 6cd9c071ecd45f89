import { closeAfterRestore } from '#app/account/restored.ts'
import { codeOf } from './authenticator.ts'
import type { Browser } from './browser.ts'
import { RECOVERY_CODES_PAGE, SET_UP, TOKENS_PAGE } from './names.ts'
import { readEnrolPage } from './people.ts'
import type { Person, Rivals } from './rivals.ts'
import { readAccessToken, readCodesPage, tokenFields } from './stories.ts'

export type Random = (below: number) => number
type Chosen = { world: Rivals; who: Person; random: Random }
type Answer = { status: number; location: string | null }
/** Whether it worked. What can't be done now does nothing. */
type Deed = (of: Chosen) => Promise<boolean>

const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined => items[random(items.length || 1)]
/** Also true if new recovery codes come first, which is no success. */
const owing = ({ location }: Answer) => location === RECOVERY_CODES_PAGE
const went = (answer: Answer) => answer.status === 303 && !owing(answer)
let passwords = 0

/** A browser that is signed in: their newest one, or else a new sign-in. */
async function seat({ world, who }: Pick<Chosen, 'world' | 'who'>): Promise<Browser | undefined> {
  const last = who.browsers.at(-1)
  if (last && (await world.holdsSession(last))) return last
  const browser = await world.signIn(who, await world.address())
  if (browser) who.browsers.push(browser)
  return browser
}

/** For deeds that ask for the password again. */
async function confirmed(chosen: Chosen, ask: (password: string) => Promise<Answer>): Promise<boolean> {
  const { world, who } = chosen
  const [password] = await world.likely(who)
  const answer = password && (await ask(password))
  if (answer && owing(answer)) await regeneratesCodes(chosen)
  return answer ? went(answer) : false
}

const linksTo = ({ boxes }: Rivals, who: Person, page: string) =>
  who.mailboxes.flatMap((mailbox) => boxes.get(mailbox) ?? []).filter(({ path }) => path.startsWith(`/mail/${page}?`))

/** Asks for another address, and confirms it, because that mailbox's owner is good-natured. */
const moves =
  (to: (of: Chosen) => string | undefined): Deed =>
  async (chosen) => {
    const { world, who } = chosen
    const email = to(chosen)
    const browser = email && (await seat(chosen))
    if (!browser) return false
    if (!(await confirmed(chosen, (password) => browser.post('/settings/email/change', { email, password }))))
      return false
    await world.deliver(who.name)
    const link = world.boxes.get(email)?.findLast(({ path }) => path.startsWith('/mail/change-email?'))
    if (!link || (await world.live([link])).length === 0) return false
    const mine = who.mailboxes.includes(email)
    return world.press(mine ? who : world.owner, link.path, {}, mine ? browser : undefined)
  }

const enrols: Deed = async (chosen) => {
  const browser = await seat(chosen)
  if (!browser) return false
  const { who, world } = chosen
  if (!(await confirmed(chosen, (password) => browser.post(`${SET_UP}/confirm`, { password })))) return false
  const page = await browser.get(SET_UP)
  if (page.status !== 200) return false
  const { key, enrolment } = readEnrolPage(page.html)
  if (!went(await browser.post(SET_UP, { enrolment, code: codeOf(key, world.clock.now(), -1) }))) return false
  if (!went(await browser.post(`${SET_UP}/recovery-codes`, { enrolment, saved: 'yes' }))) return false
  who.keys.push(key)
  return true
}

const adds: Deed = async (chosen) => {
  const browser = await seat(chosen)
  if (!browser) return false
  const { who, world } = chosen
  const here = '/settings/two-factor/add'
  if (!(await confirmed(chosen, (password) => browser.post(`${here}/confirm`, { password })))) return false
  const page = await browser.get(here)
  if (page.status !== 200) return false
  const { key, enrolment } = readEnrolPage(page.html)
  const code = codeOf(key, world.clock.now(), -1)
  if (!went(await browser.post(here, { enrolment, name: `${who.name} ${who.keys.length}`, code }))) return false
  who.keys.push(key)
  return true
}

const generatesToken: Deed = async (chosen) => {
  const browser = await seat(chosen)
  if (!browser) return false
  const fields = tokenFields(chosen.world.product)
  const made = (password: string) => browser.post(`${TOKENS_PAGE}/generate/confirm`, { ...fields, password })
  if (!(await confirmed(chosen, made))) return false
  const token = readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html)
  if (token) chosen.who.tokens.push(token)
  return token !== ''
}

const regeneratesCodes: Deed = async (chosen) => {
  const browser = await seat(chosen)
  if (!browser) return false
  const [password] = await chosen.world.likely(chosen.who)
  if (!password || !owing(await browser.post(`${RECOVERY_CODES_PAGE}/confirm`, { password }))) return false
  const page = await browser.get(RECOVERY_CODES_PAGE)
  if (page.status !== 200) return false
  return owing(await browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set: readCodesPage(page.html).set }))
}

const disables: Deed = async (chosen) => {
  const browser = await seat(chosen)
  if (!browser) return false
  return confirmed(chosen, (password) => browser.post('/settings/two-factor/disable', { password }))
}

const changesPassword: Deed = async (chosen) => {
  const browser = await seat(chosen)
  if (!browser) return false
  const next = `another that nobody knows ${passwords++}`
  const changed = (current: string) => browser.post('/settings/password', { current, new: next })
  if (!(await confirmed(chosen, changed))) return false
  chosen.who.passwords.push(next)
  return true
}

const signsIn: Deed = async ({ world, who, random }) => {
  const old = random(2) ? pick(random, who.browsers) : undefined // one that may be trusted
  const browser = await world.signIn(who, await world.address(), { ...(old && { browser: old }), trust: true })
  if (browser && browser !== old) who.browsers.push(browser)
  return browser !== undefined
}

/** With a link from any of their mailboxes, however old. */
const pressesNotMe: Deed = async ({ world, who, random }) => {
  const link = pick(random, linksTo(world, who, 'not-me'))
  return link !== undefined && world.press(who, link.path)
}

const resets: Deed = async ({ world, who, random }) => {
  const email = pick(random, who.mailboxes) ?? ''
  await world.product.browser(world.from(who)).post('/reset-password', { email })
  await world.deliver(who.name)
  return setsPassword({ world, who, random })
}

const setsPassword: Deed = async ({ world, who, random }) => {
  const links = linksTo(world, who, 'reset-password')
  const link = random(3) ? links.at(-1) : pick(random, links)
  const password = `one that a link has set ${passwords++}`
  if (!link || !(await world.press(who, link.path, { password }))) return false
  who.passwords.push(password)
  return true
}

/** With an address that may be kept for the account, by somebody who has no right to it. */
const signsUpAnew: Deed = async ({ world, who, random }) => {
  const email = pick(random, [world.first, ...who.mailboxes]) ?? ''
  await world.product.browser(world.from(who)).post('/sign-up', { email, password: 'for an account of their own' })
  return true
}

/** The intruder learns the password once more, and a code for one sign-in. */
const learns: Deed = async ({ world, who }) => {
  const { owner } = world
  const address = await world.address()
  const browser = await world.signIn({ ...owner, passwords: owner.passwords.slice(-1) }, address)
  if (!browser) return false
  who.passwords.push(owner.passwords.at(-1) ?? '')
  who.browsers.push(browser)
  return true
}

const DEEDS: { name: string; who: Person['name']; does: Deed; often: number }[] = [
  { name: 'signs in', who: 'intruder', does: signsIn, often: 4 },
  {
    name: 'moves the account',
    who: 'intruder',
    does: moves(({ who, random }) => pick(random, who.mailboxes)),
    often: 6,
  },
  { name: 'moves the account back', who: 'intruder', does: moves(({ world }) => world.first), often: 2 },
  { name: 'signs up anew', who: 'intruder', does: signsUpAnew, often: 2 },
  { name: 'learns the password', who: 'intruder', does: learns, often: 8 },
  { name: 'enrols', who: 'intruder', does: enrols, often: 3 },
  { name: 'adds an authenticator', who: 'intruder', does: adds, often: 2 },
  { name: 'generates a token', who: 'intruder', does: generatesToken, often: 3 },
  { name: 'makes new recovery codes', who: 'intruder', does: regeneratesCodes, often: 2 },
  { name: 'turns the second factor off', who: 'intruder', does: disables, often: 1 },
  { name: 'changes the password', who: 'intruder', does: changesPassword, often: 2 },
  { name: 'asks for a reset', who: 'intruder', does: resets, often: 3 },
  { name: 'sets a password by a link', who: 'intruder', does: setsPassword, often: 2 },
  { name: 'presses "This was not me"', who: 'intruder', does: pressesNotMe, often: 4 },
  { name: 'presses "This was not me"', who: 'owner', does: pressesNotMe, often: 2 },
  { name: 'asks for a reset', who: 'owner', does: resets, often: 3 },
  { name: 'signs in', who: 'owner', does: signsIn, often: 2 },
  { name: 'enrols', who: 'owner', does: enrols, often: 1 },
  { name: 'generates a token', who: 'owner', does: generatesToken, often: 1 },
]
const HAT = DEEDS.flatMap((deed) => Array.from({ length: deed.often }, () => deed))

/** One deed by either, or by the operator, who restores a backup. Returns what was done, and whether it worked. */
export function deedsOf(world: Rivals, random: Random) {
  let backup: Awaited<ReturnType<Rivals['backUp']>> | undefined
  const people = { owner: world.owner, intruder: world.intruder }

  return async function doOne(): Promise<{
    told: string
    cameOff: boolean
    who: Person['name']
    arrived: Map<string, string[]>
  }> {
    const chance = random(60)
    if (chance === 0) {
      backup = await world.backUp()
      return { told: 'a backup is made', cameOff: true, who: 'owner', arrived: new Map() }
    }
    if (chance === 1 && backup) {
      await world.putBack(backup)
      await closeAfterRestore(world.product.deps)
      return { told: 'the backup is put back', cameOff: true, who: 'owner', arrived: await world.deliver('intruder') }
    }
    const chosen = pick(random, HAT)
    if (!chosen) throw new Error('There is nothing that can be done.')
    const { name, who, does } = chosen
    const cameOff = await does({ world, who: people[who], random })
    return { told: `the ${who} ${name}`, cameOff, who, arrived: await world.deliver(who) }
  }
}
