import { METHODS } from '../../../app/api/jelastic/jelastic.ts'
import type { Document } from '../../../app/api/v1/document.ts'
import { BASE_URL } from '../../../testing/index.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'
import { type Route, routeFinder } from './route-table.ts'
import type { Form } from './scraped.ts'
import { valueFor } from './values.ts'
import type { Request } from './wire.ts'

/** What the fuzzer has learnt about the product, from its API document and from pages it saw. */
export type World = {
  document: Document
  /** By the path they go to, from whoever saw them last. */
  forms: Map<string, Form>
  /** For the route that a form goes to, the route of the page that has it. */
  pages: Map<string, Route>
  /** The paths that pages led anybody to. */
  paths: Set<string>
  /** Paths with a query, as pages link to them. */
  links: Set<string>
  /** From everybody. */
  ids: Set<string>
}

const HOST = new URL(BASE_URL).host
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const OWN_PAGE: [string, string][] = [
  ['Origin', BASE_URL],
  ['Sec-Fetch-Site', 'same-origin'],
]

/** A request that the product's own pages would make, or a client that has read its documentation. */
export function rightRequest(random: Random, route: Route, person: Person, world: World): Request {
  const path = pathOf(random, route, person, world)
  const { method } = route
  const headers: [string, string][] = [['Host', HOST]]
  if (path.startsWith('/1.0/')) return jelasticRequest(random, { method, path, headers }, person)
  if (path.startsWith('/api/v1/')) {
    if (person.bearer) headers.push(['Authorization', `Bearer ${person.bearer}`])
    return apiRequest(random, route, { method, path, headers }, person, world)
  }
  if (person.bearer) headers.push(['Authorization', `Bearer ${person.bearer}`])
  headers.push(['User-Agent', FIREFOX], ['Accept', 'text/html'], ['Accept-Encoding', 'identity'])
  const cookies = cookieHeader(person)
  if (cookies) headers.push(['Cookie', cookies])
  if (method !== 'POST') return { method, target: withQuery(random, path, person, world), headers }
  headers.push(...OWN_PAGE, ['Content-Type', 'application/x-www-form-urlencoded'])
  return { method, target: path, headers, body: formBody(random, path, person, world) }
}

export const cookieHeader = ({ cookies }: Person): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** Ids in the path are mostly the person's own, taken from forms and links they saw if there are any, or else from anybody's. */
function pathOf(random: Random, route: Route, person: Person, world: World): string {
  if (!route.path.includes(':')) return route.path
  const leads = routeFinder([route])
  for (const { forms, paths } of [person, world]) {
    const seen = [...forms.keys(), ...paths].filter((path) => leads(route.method, path))
    if (seen.length > 0 && random.chance(0.7)) return random.pick(seen)
  }
  const own = person.lists.get(listOf(route)) ?? [...person.ids]
  const ids = random.chance(0.85) && own.length > 0 ? own : [...world.ids]
  return route.path.replaceAll(/:[^/]+/g, () => (ids.length > 0 ? random.pick(ids) : 'AAAAAAAAAAAAAAAA'))
}

/** The path of the list that a route with an id takes its rows from. */
export const listOf = ({ path }: Route): string => path.split('/:')[0] ?? ''

function withQuery(random: Random, path: string, { ways = [] }: Person, { links }: World): string {
  const known = [...ways, ...links].filter((link) => link.startsWith(`${path}?`))
  return known.length > 0 && random.chance(0.7) ? random.pick(known) : path
}

/** The way the form on the page would be sent: all its fields, some of its ticks, one of its buttons. */
function formBody(random: Random, path: string, person: Person, world: World): Buffer {
  const form = person.forms.get(path) ?? world.forms.get(path)
  const fields = new URLSearchParams()
  for (const { name, value, type } of form?.fields ?? []) {
    if (type === 'checkbox' || type === 'radio') {
      if (random.chance(0.7)) fields.set(name, value)
    } else
      fields.set(
        name,
        type === 'hidden' && random.chance(0.9) ? value : valueFor(random, name, person, value || undefined),
      )
  }
  if (form && form.buttons.length > 0) {
    const { name, value } = random.pick(form.buttons)
    fields.set(name, value)
  }
  return Buffer.from(fields.toString())
}

type Begun = { method: string; path: string; headers: [string, string][] }

function jelasticRequest(random: Random, { path, headers, method }: Begun, person: Person): Request {
  const [, , group, service, , name] = path.split('/')
  const fields = new URLSearchParams()
  const inHeader = random.chance(0.5)
  if (person.bearer && inHeader) headers.push(['Authorization', `Bearer ${person.bearer}`])
  if (person.bearer && !inHeader && method === 'POST') fields.set('session', person.bearer)
  const shape = METHODS.get(`${group}.${service}.${name}`)?.parameters.shape ?? {}
  for (const field of Object.keys(shape)) if (random.chance(0.9)) fields.set(field, valueFor(random, field, person))
  if (method !== 'POST') return { method, target: fields.size > 0 ? `${path}?${fields}` : path, headers }
  headers.push(['Content-Type', 'application/x-www-form-urlencoded'])
  return { method, target: path, headers, body: Buffer.from(fields.toString()) }
}

type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

function apiRequest(
  random: Random,
  route: Route,
  { path, headers, method }: Begun,
  person: Person,
  { document }: World,
): Request {
  const name = route.path.slice('/api/v1'.length).replaceAll(/:([^/]+)/g, '{$1}')
  const operation = (document.paths?.[name] as Record<string, unknown> | undefined)?.[method.toLowerCase()] as
    | { requestBody?: { content?: Record<string, { schema?: Schema }> }; parameters?: { in: string; name: string }[] }
    | undefined
  const schema = operation?.requestBody?.content?.['application/json']?.schema
  const query = new URLSearchParams()
  for (const parameter of operation?.parameters ?? [])
    if (parameter.in === 'query' && random.chance(0.5))
      query.set(parameter.name, valueFor(random, parameter.name, person))
  const target = query.size > 0 ? `${path}?${query}` : path
  if (!schema) return { method, target, headers }
  headers.push(['Content-Type', 'application/json'])
  const value = exampleOf(random, document, schema, person, 'value')
  return { method, target, headers, body: Buffer.from(JSON.stringify(value)) }
}

/** A value for that schema. Fields that the product asks for by name get what the person knows. */
function exampleOf(random: Random, document: Document, given: Schema, person: Person, name: string): unknown {
  const schemas = document.components?.schemas as Record<string, Schema> | undefined
  const schema = given.$ref ? (schemas?.[given.$ref.split('/').at(-1) ?? ''] ?? {}) : given
  if (schema.enum) return random.pick(schema.enum)
  if (schema.properties) {
    const entries = Object.entries(schema.properties).filter(
      ([each]) => schema.required?.includes(each) || random.chance(0.5),
    )
    return Object.fromEntries(entries.map(([each, of]) => [each, exampleOf(random, document, of, person, each)]))
  }
  if (schema.items) {
    const { items } = schema
    return Array.from({ length: 1 + random.below(3) }, () => exampleOf(random, document, items, person, name))
  }
  if (schema.type === 'boolean') return random.chance(0.5)
  if (schema.type === 'integer' || schema.type === 'number') return random.pick([0, 1, -1, 1.5, 2 ** 53])
  return valueFor(random, name, person)
}
