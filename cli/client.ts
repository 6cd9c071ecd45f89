import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { reasonOf } from '#app/lib/reasons.ts'
import {
  type Client,
  changeClient,
  clientNamed,
  createClient,
  endOldSecret,
  listClients,
  removeClient,
  rotateSecret,
} from '#app/openid/manage.ts'
import { asWritten, type ClientChange } from '#app/openid/written-client.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { NO_SUCH_CLIENT, refusal } from './client-refusals.ts'
import { command, flag, option, Refused, repeated, WrongUsage, word } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

const NAME = word(z.string(), 'The name of the app, which is its client_id.')
const by = (why: string | undefined) => ({ operatorId: null, reason: why ?? null, origin: COMMAND_LINE })
const NONE_CHANGED = `${NO_SUCH_CLIENT} Nothing was changed.`

const asked = {
  redirect: repeated(z.string(), { value: 'URI', means: 'Where people are sent back to, exactly as the app says it.' }),
  'post-logout': repeated(z.string(), { value: 'URI', means: 'Where people may be sent after signing out.' }),
  backchannel: option(z.string(), { value: 'URI', means: 'Where the app hears of a sign-out.' }),
  title: option(z.string(), { value: 'TEXT', means: 'What people call the app. Its name, if left out.' }),
  group: repeated(z.string(), { value: 'GROUP', means: 'Whom the app is open to. Without one: nobody.' }),
  level: option(z.string(), {
    value: 'LEVEL',
    means: 'What it asks for: password, second_factor or phishing_resistant.',
  }),
  'max-age': option(z.string(), {
    value: 'TIME',
    means: 'How old the proof may be: 15m, 8h. Else as long as the session lasts.',
  }),
  public: flag("It can't keep a secret, such as an app on a phone."),
  jwks: option(z.string(), { value: 'FILE', means: 'Its public keys: it shows them in the place of a secret.' }),
  'jwks-uri': option(z.string(), { value: 'URI', means: 'Where it publishes its public keys.' }),
  alg: option(z.string(), { value: 'ALG', means: 'Of its ID tokens: RS256, ES256 or EdDSA. RS256, if left out.' }),
  'no-pkce': flag('It is let in without PKCE. Only for apps that have none.'),
  'third-party': flag('Each person is asked before it hears about them.'),
  pairwise: flag('It knows each person by a name that no other client has. Changed later, all are strangers to it.'),
  strict: flag('Claims are only at userinfo, not in the ID token.'),
  device: flag('It may sign in where there is no browser.'),
  claim: repeated(z.string(), { value: 'RULE', means: 'What members of a group bring along: "editors role admin".' }),
  reason: reasonOption(),
}

const changes = {
  ...asked,
  nobody: flag('Open to no group.'),
  'no-max-age': flag('A proof is good as long as the session.'),
  'no-post-logout': flag('Nobody is sent anywhere after signing out.'),
  'no-backchannel': flag('The app hears of no sign-out.'),
  'no-claims': flag('No group brings a claim along.'),
  secret: flag('It shows a secret, which is made if it has none.'),
  pkce: flag('It is let in with PKCE only.'),
  'first-party': flag('Nobody is asked.'),
  'no-pairwise': flag('It knows each person as other clients do.'),
  'no-strict': flag('Claims are in the ID token as well.'),
  'no-device': flag('It signs in where there is a browser.'),
}

/** Apps that sign people in by OpenID Connect. */
export const client = {
  list: command({
    does: 'Lists the apps that sign people in here: fifty at a time.',
    words: z.object({}),
    options: z.object({ after: option(z.string(), { value: 'NEXT', means: 'Go on after the page before.' }) }),
    async run({ options }) {
      const { clients, next } = await opened((deps) => listClients(deps, options.after))
      const rows = clients.map(({ name, level, groups, redirects }) => [
        name,
        level,
        groups.join(' ') || 'nobody',
        redirects.join(' '),
      ])
      const lines = [table(['client', 'level', 'open to', 'leads to'], rows)]
      if (next !== undefined) lines.push(`More: latchkey client list --after ${next}`)
      return {
        said: clients.length === 0 ? 'There are no clients.' : lines.join('\n'),
        data: { clients: clients.map(asData), next: next ?? null },
      }
    },
  }),

  show: command({
    does: 'Shows how an app signs people in, whom, and what it hears of them.',
    words: z.object({ NAME }),
    options: z.object({}),
    async run({ words }) {
      const found = await opened((deps) => clientNamed(deps, words.NAME))
      if (!found) throw new Refused(NO_SUCH_CLIENT)
      return { said: inLines(found), data: asData(found) }
    },
  }),

  add: command({
    does: 'Lets an app sign people in by OpenID Connect. Its secret is shown once.',
    words: z.object({ NAME }),
    options: z.object(asked),
    async run({ words, options }) {
      const written = { name: words.NAME, redirects: options.redirect, ...(await writtenIn(options)) }
      const result = await opened((deps) => createClient(deps, written, by(options.reason)))
      if (!result.ok) throw refusal(result.wrong)
      return told(result)
    },
  }),

  change: command({
    does: 'Changes what is named of a client. A list that is named takes the place of the one there was.',
    words: z.object({ NAME }),
    options: z.object(changes),
    async run({ words, options }) {
      const change = await changeIn(options)
      if (Object.values(change).every((value) => value === undefined)) throw new WrongUsage('Say what to change.')
      const result = await opened((deps) => changeClient(deps, words.NAME, change, by(options.reason)))
      if (result.ok) return told(result)
      throw result.wrong === 'no_such_client' ? new Refused(NONE_CHANGED) : refusal(result.wrong)
    },
  }),

  remove: command({
    does: "Ends an app's sign-in and its tokens, without telling it. The app stays if it is behind the gate.",
    words: z.object({ NAME }),
    options: z.object({ reason: reasonOption() }),
    asks: true,
    async run({ words, options }, { confirm }) {
      if (!(await confirm(`Remove the client ${words.NAME}?`))) throw new Refused('Nothing was changed.')
      const result = await opened((deps) => removeClient(deps, words.NAME, by(options.reason)))
      if (!result.ok) throw new Refused(NONE_CHANGED)
      const said = result.isAppGone
        ? `The client ${words.NAME} is removed, and its app, which had no host.`
        : `The client ${words.NAME} is removed. The app is still behind the gate.`
      return { said, data: { name: words.NAME, isAppGone: result.isAppGone } }
    },
  }),

  rotate: command({
    does: 'Makes a new secret, shown once. The old one works for another day.',
    words: z.object({ NAME }),
    options: z.object({
      keep: option(z.string(), { value: 'TIME', means: 'How long the old one works: 8h, 2d; 0 ends it now.' }),
      reason: reasonOption(),
    }),
    async run({ words, options }) {
      const result = await opened((deps) => rotateSecret(deps, words.NAME, by(options.reason), options.keep))
      if (!result.ok) throw new Refused(NOT_ROTATED[result.wrong])
      const { secret, previousUntil } = result
      const until = previousUntil ? `The old one works until ${previousUntil.toISOString()}.` : 'The old one has ended.'
      return {
        said: `secret    ${secret}\nKeep it now: it isn't shown again. ${until}`,
        data: { name: words.NAME, secret, previousUntil },
      }
    },
  }),

  'end-old-secret': command({
    does: 'Ends the secret that works beside the one from the last client rotate.',
    words: z.object({ NAME }),
    options: z.object({ reason: reasonOption() }),
    async run({ words, options }) {
      const result = await opened((deps) => endOldSecret(deps, words.NAME, by(options.reason)))
      if (!result.ok) throw new Refused(NOT_ROTATED[result.wrong])
      return { said: 'The old one has ended.', data: { name: words.NAME } }
    },
  }),
}

const NOT_ROTATED = {
  no_such_client: NONE_CHANGED,
  has_no_secret: 'This client has no secret. Nothing was changed.',
  has_no_old_secret: 'This client has no old secret that works. Nothing was changed.',
  no_time: '--keep is a time as in 8h or 2d, from 1m to 365d, or 0. Nothing was changed.',
}

type Options = z.output<z.ZodObject<typeof asked>>

/** What is left out stays out. */
async function writtenIn(options: Options): Promise<ClientChange> {
  const hasKeys = options.jwks !== undefined || options['jwks-uri'] !== undefined
  if (options.public && hasKeys) throw new WrongUsage('Choose one of --public, --jwks and --jwks-uri.')
  const list = (lines: string[]) => (lines.length > 0 ? lines : undefined)
  const yes = (is: boolean) => is || undefined
  return {
    ...{ title: options.title, level: options.level, maxAge: options['max-age'], alg: options.alg },
    ...{ groups: list(options.group), claims: list(options.claim) },
    ...{ signedOut: list(options['post-logout']), backchannel: options.backchannel },
    auth: options.public ? 'none' : hasKeys ? 'private_key_jwt' : undefined,
    jwks: options.jwks === undefined ? undefined : await textOf(options.jwks),
    jwksUri: options['jwks-uri'],
    needsPkce: options['no-pkce'] ? false : undefined,
    ...{ isThirdParty: yes(options['third-party']), isPairwise: yes(options.pairwise) },
    ...{ isStrict: yes(options.strict), usesDeviceFlow: yes(options.device) },
  }
}

async function changeIn(options: z.output<z.ZodObject<typeof changes>>): Promise<ClientChange> {
  const written = await writtenIn(options)
  const either = <Value>(value: Value | undefined, isOther: boolean, other: Value, names: string) => {
    if (value !== undefined && isOther) throw new WrongUsage(`Choose one of ${names}.`)
    return isOther ? other : value
  }
  const { secret, pkce } = options
  const auth = either(written.auth, secret, 'client_secret', '--secret, --public, --jwks and --jwks-uri')
  // Of two places for keys, and of keys and a secret, the one that is named takes the place of the other.
  const noKeys = auth === undefined ? {} : { jwks: written.jwks ?? '', jwksUri: written.jwksUri ?? '' }
  return {
    ...written,
    ...noKeys,
    auth,
    redirects: options.redirect.length > 0 ? options.redirect : undefined,
    groups: either(written.groups, options.nobody, [], '--group and --nobody'),
    maxAge: either(written.maxAge, options['no-max-age'], '', '--max-age and --no-max-age'),
    signedOut: either(written.signedOut, options['no-post-logout'], [], '--post-logout and --no-post-logout'),
    backchannel: either(written.backchannel, options['no-backchannel'], '', '--backchannel and --no-backchannel'),
    claims: either(written.claims, options['no-claims'], [], '--claim and --no-claims'),
    needsPkce: either(written.needsPkce, pkce, true, '--pkce and --no-pkce'),
    isThirdParty: either(written.isThirdParty, options['first-party'], false, '--third-party and --first-party'),
    isPairwise: either(written.isPairwise, options['no-pairwise'], false, '--pairwise and --no-pairwise'),
    isStrict: either(written.isStrict, options['no-strict'], false, '--strict and --no-strict'),
    usesDeviceFlow: either(written.usesDeviceFlow, options['no-device'], false, '--device and --no-device'),
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Refused(`${file} can't be read. ${reasonOf(error)} Nothing was changed.`, { cause: error })
  }
}

const asData = (client: Client) => ({ ...asWritten(client), hosts: client.hosts, previousUntil: client.previousUntil })

function told({ client, secret }: { client: Client; secret: string | undefined }) {
  const once = secret === undefined ? '' : `\nsecret    ${secret}\nKeep it now: it isn't shown again.`
  return { said: inLines(client) + once, data: { ...asData(client), ...(secret !== undefined && { secret }) } }
}

const SHOWS = { client_secret: 'a secret', private_key_jwt: 'a key of its own', none: 'nothing: it is public' }

function inLines(client: Client): string {
  const { title, groups, level, maxAge, claims, backchannel, ...is } = asWritten(client)
  const { previousUntil } = client
  const more = [
    is.needsPkce ? 'PKCE' : 'no PKCE',
    is.isThirdParty ? 'third party' : 'first party',
    ...(is.isPairwise ? ['pairwise'] : []),
    ...(is.isStrict ? ['strict'] : []),
    ...(is.usesDeviceFlow ? ['device'] : []),
  ]
  const rows: Record<string, readonly string[]> = {
    client: [client.name],
    title: [title],
    redirect: is.redirects,
    'sent out': is.signedOut,
    tells: backchannel ? [backchannel] : [],
    host: client.hosts,
    'open to': groups.length > 0 ? groups : ['nobody'],
    level: [maxAge ? `${level}, shown in the last ${maxAge}` : level],
    shows: [SHOWS[client.auth], ...(previousUntil ? [`the old secret until ${previousUntil.toISOString()}`] : [])],
    keys: is.jwksUri ? [is.jwksUri] : [],
    signs: [is.alg],
    is: [more.join(', ')],
    claim: claims,
  }
  return Object.entries(rows)
    .flatMap(([left, all]) => all.map((right) => `${left.padEnd(9)} ${right}`))
    .join('\n')
}
