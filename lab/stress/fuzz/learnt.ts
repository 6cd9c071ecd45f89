import { readCodes, SESSION } from '../../../testing/index.ts'
import type { Person } from './people.ts'
import type { World } from './right.ts'
import { nameOf, type routeFinder } from './route-table.ts'
import { formsIn, idsIn, linksIn } from './scraped.ts'
import { type Answer, headerOf, type Request } from './wire.ts'

const REMEMBERED = 400 // everybody's ids and links; the latest most likely still exist
const OF_A_PERSON = 25

/** What a person learns from an answer: cookies, forms, ids and codes, and whether they are finished. */
export function learn({
  world,
  person,
  request,
  answer,
  isRight,
  isLatest,
  leads,
}: {
  world: World
  person: Person
  request: Request
  answer: Answer
  isRight: boolean
  /** False if another answer changed their cookies while this one was on its way. */
  isLatest: boolean
  leads: ReturnType<typeof routeFinder>
}): void {
  if (answer.outcome !== 'answered') return
  const [path = ''] = request.target.split('?')
  if (isRight && isLatest) {
    keepCookies(person, answer)
    if (isOver(person, path, answer)) person.isGone = true
  }
  const text = answer.body.toString()
  const type = headerOf(answer, 'content-type') ?? ''
  if (!isRight || answer.status >= 400) return
  const ids = idsIn(text)
  if (ids.length > 0) person.lists.set(path, ids)
  for (const id of ids) {
    remember(person.ids, id, OF_A_PERSON)
    remember(world.ids, id, REMEMBERED)
  }
  learnSecrets(person, text)
  if (!type.startsWith('text/html')) return
  const page = leads('GET', path)
  for (const form of formsIn(text)) {
    person.forms.set(form.action, form)
    world.forms.set(form.action, form)
    const route = leads('POST', form.action)
    if (route && page && form.action !== '/sign-out') world.pages.set(nameOf(route), page)
  }
  for (const link of linksIn(text)) {
    if (link.includes('?')) remember(world.links, link, REMEMBERED)
    const [led = ''] = link.split('?')
    remember(person.paths, led, REMEMBERED)
    remember(world.paths, led, REMEMBERED)
  }
}

function remember(set: Set<string>, value: string, most: number) {
  set.delete(value)
  set.add(value)
  const [oldest] = set
  if (set.size > most && oldest !== undefined) set.delete(oldest)
}

function keepCookies(person: Person, { headers }: Answer) {
  for (const [header, line] of headers) {
    if (header.toLowerCase() !== 'set-cookie') continue
    const [pair = '', ...attributes] = line.split('; ')
    const name = pair.slice(0, pair.indexOf('='))
    if (attributes.includes('Max-Age=0')) person.cookies.delete(name)
    else person.cookies.set(name, pair.slice(name.length + 1))
  }
}

function isOver(person: Person, path: string, answer: Answer): boolean {
  if (answer.status === 404 || answer.status === 410) return person.page === path
  if (answer.status === 401 && person.kind !== 'stranger') return person.bearer !== undefined
  const isSent = answer.status === 303 && (headerOf(answer, 'location') ?? '').startsWith('/sign-in')
  if (person.kind === 'owing' && !person.cookies.has(SESSION)) return isSent && path === '/sign-in/two-factor'
  return isSent && (SESSION_KINDS.includes(person.kind) || person.cookies.has(SESSION))
}

const SESSION_KINDS = ['plain', 'secured', 'enrolling', 'saving', 'adding', 'replacing', 'owing', 'manager']

/** A key, an enrolment and codes that a person sees are theirs from then on. */
function learnSecrets(person: Person, text: string) {
  const key = /(?:secret=|"secret":")([A-Z2-7]{32})/.exec(text)?.[1]
  if (key) person.key = key
  const enrolment = /"enrolment":"([^"]+)"/.exec(text)?.[1]
  if (enrolment) person.enrolment = enrolment
  const codes = readCodes(text)
  if (codes.length > 0) person.codes = codes
}
