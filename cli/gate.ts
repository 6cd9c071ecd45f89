import { z } from 'zod'
import type { Verdict } from '#app/gate/check.ts'
import { type Explained, explain, type Way } from '#app/gate/explain.ts'
import { secondsInWords } from '#app/gate/written-rules.ts'
import { command, option, Refused, word } from './command/command.ts'
import { opened } from './command/opened.ts'

const REFUSED = {
  no_url: 'That is no URL of an app: write it as in https://photos.example.com/admin/.',
  other_scheme: 'Nobody comes in: apps behind the gate have the scheme of BASE_URL. Answer: 403.',
  unknown_host: 'Nobody comes in: no app has that host. Answer: 403.',
  no_such_account: 'There is no account of that address or username.',
}

const METHOD = z
  .string()
  .regex(/^[A-Za-z]+$/, '--method is one like GET or POST.')
  .transform((text) => text.toUpperCase())

export const gate = {
  explain: command({
    does: 'Says what a request to an app would be answered, and why.',
    words: z.object({ URL: word(z.string(), 'What a browser would ask for.') }),
    options: z.object({
      account: option(z.string(), { value: 'EMAIL', means: 'Whose request: an address or a username.' }),
      method: option(METHOD, { value: 'METHOD', means: 'GET, if left out: a page that a person opens.' }),
      from: option(z.string(), { value: 'ADDRESS', means: 'Where it comes from, as far as networks have rules.' }),
    }),
    async run({ words, options }) {
      const asked = { url: words.URL, called: options.account, address: options.from }
      const done = await opened((deps) => explain(deps, asked))
      if (!done.ok) throw new Refused(REFUSED[done.reason])
      const { explained } = done
      const isPage = (options.method ?? 'GET') === 'GET'
      return { said: inLines(explained, options.account, isPage), data: inJson(explained, isPage) }
    },
  }),
}

function inLines(explained: Explained, called: string | undefined, isPage: boolean): string {
  const { host, path, app, groups, required, isSignOut, stranger, ways } = explained
  if (isSignOut) return `${host}${path} is answered by the gate itself, whoever comes: to the portal, to sign out.`
  const rows: [string, string][] = [
    ['app', `${app.name} (${app.title})`],
    ['open to', groups.join(' ') || 'nobody'],
    ['rule', ruleOf(explained)],
    [
      'asks for',
      required.maxAge === null
        ? required.level
        : `${required.level}, shown in the last ${secondsInWords(required.maxAge)}`,
    ],
    ['nobody signed in', answerTo(stranger, isPage)],
    ...ways.map(({ way, verdict }): [string, string] => [wayOf(way), answerTo(verdict, isPage)]),
  ]
  const width = Math.max(...rows.map(([left]) => left.length))
  const lines = rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`)
  return [`${host}${path}${called === undefined ? '' : `, asked for by ${called}`}`, ...lines].join('\n')
}

function ruleOf({ required, path }: Explained): string {
  switch (required.by) {
    case 'app':
      return 'what the app asks everywhere'
    case 'strictest':
      return `the strictest of the app, because ${path} can be read in two ways`
    case 'path':
      return `the path ${required.rule}`
    case 'network':
      return `the network ${required.rule}`
  }
}

const SIGN_INS = {
  password: 'a sign-in now with the password',
  authenticator: 'a sign-in now with a code',
  passkey: 'a sign-in now with a passkey',
  trusted_browser: 'a sign-in now on a trusted browser',
}

function wayOf(way: Way): string {
  if (way.by === 'sign_in') return SIGN_INS[way.method]
  if (way.by === 'access_token') return `an access token with ${way.scope}`
  return `${way.browser}, signed in since ${way.startedAt.toISOString()}`
}

const MISSING = {
  password: 'the password again',
  second_factor: 'the second factor',
  set_up_second_factor: 'a second factor to be set up',
  resistant: 'a passkey',
  add_resistant: 'a passkey to be added',
}

function statusOf({ verdict }: Verdict, isPage: boolean): number {
  if (verdict === 'let_in') return 200
  return verdict === 'refused' ? 403 : isPage ? 302 : 401
}

function answerTo(verdict: Verdict, isPage: boolean): string {
  const status = statusOf(verdict, isPage)
  switch (verdict.verdict) {
    case 'let_in':
      return `comes in (${status}), as ${verdict.identity.user || 'nobody in particular'}`
    case 'step_up':
      return `is asked for ${MISSING[verdict.missing]} (${status})`
    case 'refused':
      return verdict.reason === 'not_entitled'
        ? `is refused: in none of the groups (${status})`
        : `is refused: no access token opens that (${status})`
    default:
      return `is sent to the portal (${status})`
  }
}

const inJson = ({ app, stranger, ways, ...rest }: Explained, isPage: boolean) => ({
  ...rest,
  app: app.name,
  stranger: verdictInJson(stranger, isPage),
  ways: ways.map(({ way, verdict }) => ({ ...way, ...verdictInJson(verdict, isPage) })),
})

const verdictInJson = (verdict: Verdict, isPage: boolean) => ({
  verdict: verdict.verdict,
  status: statusOf(verdict, isPage),
  ...(verdict.verdict === 'step_up' && { missing: verdict.missing }),
  ...(verdict.verdict === 'refused' && { reason: verdict.reason }),
})
