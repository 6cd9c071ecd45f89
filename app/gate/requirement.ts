import { networkIn, within } from '../lib/network.ts'
import { type AskedPath, isAbout } from './paths.ts'

/** What an app or a path asks for, from the least to the most. */
export const LEVELS = ['public', 'password', 'second_factor', 'phishing_resistant'] as const
export type Level = (typeof LEVELS)[number]
export type AppLevel = Exclude<Level, 'public'>
export const isLevel = (text: string): text is Level => LEVELS.some((level) => level === text)

/** `maxAge` in seconds since the proof that `level` asks for; null: however long the session lasts. */
export type Requirement = { level: Level; maxAge: number | null }
export type PathRule = Requirement & { path: string }
export type NetworkRule = { network: string; level: Level }
export type Rules = {
  level: AppLevel
  maxAge: number | null
  paths: readonly Readonly<PathRule>[]
  networks: readonly Readonly<NetworkRule>[]
}

/** What decided: the app's own level, one of its paths, a network, or all of them because the path can be read in two ways. */
export type Decisive = { by: 'app' | 'strictest' } | { by: 'path' | 'network'; rule: string }

const rank = (level: Level) => LEVELS.indexOf(level)
export const isLower = (one: Level, other: Level): boolean => rank(one) < rank(other)

/** The more of both. */
export const stricter = (one: Requirement, other: Requirement): Requirement => ({
  level: rank(one.level) >= rank(other.level) ? one.level : other.level,
  maxAge:
    one.maxAge === null || other.maxAge === null ? (one.maxAge ?? other.maxAge) : Math.min(one.maxAge, other.maxAge),
})

/**
 * What one request needs. The app's level is the floor, which a network can lower; a path that asks for more asks everywhere, and the
 * longest rule about a path counts. A path that isn't plain needs what the strictest rule asks. What asks for more is compared without
 * regard to case, because some servers have none; what is public has to be written exactly so.
 */
export function requirementOf(rules: Rules, { path, isPlain }: AskedPath, address: string): Requirement & Decisive {
  const floor = { level: rules.level, maxAge: rules.maxAge }
  if (!isPlain) {
    const more = rules.paths.filter(({ level }) => level !== 'public')
    return { by: 'strictest', ...more.reduce(stricter, floor) }
  }
  const lower = path.toLowerCase()
  const about = first(rules.paths, isCloser, (rule) =>
    rule.level === 'public' ? isAbout(rule.path, path) : isAbout(rule.path.toLowerCase(), lower),
  )
  if (about?.level === 'public') return { level: 'public', maxAge: null, by: 'path', rule: about.path }
  if (about) return { by: 'path', rule: about.path, ...stricter(floor, about) }
  const near = first(
    rules.networks,
    (one, other) => isLower(one.level, other.level),
    ({ network }) => isWithin(network, address),
  )
  if (near && isLower(near.level, floor.level))
    return {
      level: near.level,
      maxAge: near.level === 'public' ? null : floor.maxAge,
      by: 'network',
      rule: near.network,
    }
  return { by: 'app', ...floor }
}

/** Where two rules are equally long but for their case, the one that asks for more. */
const isCloser = (one: PathRule, other: PathRule) =>
  one.path.length === other.path.length ? isLower(other.level, one.level) : one.path.length > other.path.length

/** Of the rules that are about something, the one before which no other goes. */
function first<Rule>(
  rules: readonly Rule[],
  isBefore: (one: Rule, other: Rule) => boolean,
  counts: (rule: Rule) => boolean,
): Rule | undefined {
  let found: Rule | undefined
  for (const rule of rules) if (counts(rule) && (!found || isBefore(rule, found))) found = rule
  return found
}

const known = new Map<string, (address: string) => boolean>()
function isWithin(network: string, address: string): boolean {
  const check = known.get(network) ?? within([networkIn(network) ?? []].flat())
  known.set(network, check)
  return check(address)
}
