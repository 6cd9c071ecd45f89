import { namesIn } from './imports.ts'

/** Sources by their path from the project's root. */
export type House = ReadonlyMap<string, string>

type Arrow = { from: string; to: string }

/** What each file imports, of this house and of packages. Types count: whoever needs a type of another room leans on it. */
export const arrowsIn = (house: House): Arrow[] =>
  [...house].flatMap(([from, source]) => namesIn(source, from).map((to) => ({ from, to })))

/** `app/mail/links.ts` is of the room `app/mail`, `app/app.ts` of `app`, `db/stores/mails.ts` of `db`. */
export function roomOf(file: string): string {
  const [top = '', room, ...deeper] = file.split('/')
  if (room === 'api' && top === 'app' && deeper.length > 1) return `app/api/${deeper[0]}` // each API is a room of its own
  const nested = `${top}/${room}/${deeper[0]}`
  if (nested === 'app/two-factor/factors' && deeper.length > 1) return nested // the kinds, which know what uses them only by its types
  if (['cli/doctor', 'cli/command'].includes(`${top}/${room}`) && deeper.length > 0) return `${top}/${room}` // what all others are made of, and what the doctor looks at
  return ['app', 'views'].includes(top) && deeper.length > 0 ? `${top}/${room}` : top
}

/** Arrows from one room to another, where both are of this house. */
const betweenRooms = (house: House): Arrow[] =>
  arrowsIn(house).filter(({ from, to }) => house.has(to) && roomOf(from) !== roomOf(to))

/** Arrows that the list of rooms doesn't have: those that point upwards, and those of rooms that nobody has put on the list. */
export const unlisted = (house: House, rooms: Readonly<Record<string, readonly string[]>>): string[] =>
  betweenRooms(house)
    .filter(({ from, to }) => !rooms[roomOf(from)]?.includes(roomOf(to)))
    .map(inWords)

/** Rooms that use one another, each pair once, with an arrow of either side. */
export function mutualRooms(house: House): string[] {
  const first = new Map<string, Arrow>()
  const found: string[] = []
  for (const arrow of betweenRooms(house)) {
    const [from, to] = [roomOf(arrow.from), roomOf(arrow.to)]
    const back = first.get(`${to} ${from}`)
    if (back && !first.has(`${from} ${to}`)) found.push(`${inWords(back)}, and ${inWords(arrow)}`)
    first.set(`${from} ${to}`, first.get(`${from} ${to}`) ?? arrow)
  }
  return found
}

/** Files that import themselves by way of others: each circle once, as the way around it. */
export function circles(house: House): string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of arrowsIn(house)) if (house.has(to)) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const found: string[] = []

  function walk(file: string, way: string[]) {
    const at = way.indexOf(file)
    if (at >= 0) found.push([...way.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const to of next.get(file) ?? []) walk(to, [...way, file])
    done.add(file)
  }

  for (const file of house.keys()) walk(file, [])
  return found
}

/** One rule about imports. `files` and `mayNotImport` are matched against paths from the project's root and names of packages. */
export type Rule = { because: string; files: RegExp; mayNotImport: RegExp }

export const broken = (house: House, { files, mayNotImport }: Rule): string[] =>
  arrowsIn(house)
    .filter(({ from, to }) => files.test(from) && mayNotImport.test(to))
    .map(inWords)

/** Rooms with more than so many lines of code: no blank lines, no comments. */
export const roomsOver = (most: number, house: House): string[] => {
  const lines = new Map<string, number>()
  for (const [file, source] of house) lines.set(roomOf(file), (lines.get(roomOf(file)) ?? 0) + linesOfCode(source))
  return [...lines].filter(([, count]) => count > most).map(([room, count]) => `${room} has ${count} lines`)
}

const linesOfCode = (source: string) =>
  source.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*|\*)/.test(line)).length

const inWords = ({ from, to }: Arrow) => `${from} imports ${to}`
