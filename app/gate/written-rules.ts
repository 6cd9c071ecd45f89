import { networkIn } from '../lib/network.ts'
import { askedPath } from './paths.ts'
import { isLevel, type Level, type NetworkRule, type PathRule } from './requirement.ts'

const SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const
const SHORTEST = 60 // seconds: a shorter one asks again on the page it has just let in
const LONGEST = 365 * SECONDS.d
const PATH_AT_MOST = 500 // characters
const HALF = /\p{Cs}/u // of a character: no server and no database can write it

/** What a line says, or why it says nothing. */
export type Read<Value, Reason extends string> = { value: Value } | { wrong: Reason }

/** `15m`, `8h`, `90s`, `2d`: seconds. Undefined for anything else, and for less than a minute or more than a year. */
export function secondsIn(text: string): number | undefined {
  const [, many = '', unit = ''] = /^(\d{1,8})([dhms])$/.exec(text) ?? []
  const seconds = Number(many) * (Object.entries(SECONDS).find(([name]) => name === unit)?.[1] ?? 0)
  return seconds >= SHORTEST && seconds <= LONGEST ? seconds : undefined
}

/** In the largest unit that needs no fraction. */
export function secondsInWords(seconds: number): string {
  const [unit, length] = Object.entries(SECONDS).find(([, length]) => seconds % length === 0) ?? ['s', 1]
  return `${seconds / length}${unit}`
}

export const levelIn = (text: string): Read<Level, 'no_level'> =>
  isLevel(text) ? { value: text } : { wrong: 'no_level' }

/** `/admin/ second_factor 15m`: a path as in a URL, its level, and how old the proof may be. */
export function pathRuleIn(line: string): Read<PathRule, 'no_level' | 'no_path' | 'no_max_age' | 'public_has_no_age'> {
  const [raw = '', written = '', long, ...more] = line.split(/\s+/)
  const { path, isPlain } = askedPath(raw)
  if (!isPlain || raw.length > PATH_AT_MOST || HALF.test(path)) return { wrong: 'no_path' }
  const level = levelIn(written)
  if ('wrong' in level) return level
  if (level.value === 'public' && long !== undefined) return { wrong: 'public_has_no_age' }
  const maxAge = long === undefined ? null : secondsIn(long)
  if (maxAge === undefined || more.length > 0) return { wrong: 'no_max_age' }
  return { value: { path, level: level.value, maxAge } }
}

/** `192.0.2.0/24 password`: a network or an address, and the level from there. */
export function networkRuleIn(line: string): Read<NetworkRule, 'no_level' | 'no_network'> {
  const [network = '', written = '', ...more] = line.toLowerCase().split(/\s+/)
  if (!networkIn(network) || more.length > 0) return { wrong: 'no_network' }
  const level = levelIn(written)
  return 'wrong' in level ? level : { value: { network, level: level.value } }
}

/** As `pathRuleIn` reads it. */
export const pathLine = ({ path, level, maxAge }: Readonly<PathRule>): string =>
  [path.replace(/\s/g, encodeURIComponent), level, ...(maxAge === null ? [] : [secondsInWords(maxAge)])].join(' ')

export const networkLine = ({ network, level }: Readonly<NetworkRule>): string => `${network} ${level}`
