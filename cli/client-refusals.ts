import type { ClientWrong, ClientWrongReason } from '#app/openid/written-client.ts'
import { sentence as appSentence, shown } from './app-refusals.ts'
import { Refused } from './command/command.ts'

type OfApp = Parameters<typeof appSentence>[0]['reason']

/** "…" is what was written. What isn't here is said as of an app. */
const SENTENCES: Record<Exclude<ClientWrongReason, OfApp>, string> & { there_already: string; too_many: string } = {
  there_already: 'The app … is a client already: latchkey client change changes it.',
  too_many: 'There are … of them. 50 is the most.',
  no_redirects: 'A client needs an address that people are sent back to: --redirect URI.',
  no_uri:
    '… is no address that can be compared: write it whole, as the app does, in ASCII, with no \\ and no dots to climb by.',
  uri_wildcard: '… has a * in it. Each address is named by itself.',
  uri_fragment: '… has a # in it. Leave it out, and what follows it.',
  uri_userinfo: '… has a name before its host. Leave it out.',
  uri_scheme: "… doesn't lead to the app: write https://, or a scheme that is the app's own.",
  http_elsewhere: '… needs https://. Plain http:// is only for a machine at home, such as http://nas.local/callback.',
  scheme_beside_http: "A scheme of the app's own and http:// on another machine can't be one client: make two.",
  no_auth: '… is no way to show who it is: client_secret, private_key_jwt or none.',
  no_alg: '… signs no ID token: RS256, ES256 or EdDSA.',
  public_needs_pkce: 'Without a secret, a client needs PKCE.',
  no_jwks: 'These are no public keys: a JSON object with "keys", each as in RFC 7517.',
  private_jwks: 'A private key is among these. Keep it where the app is, and give the public ones.',
  one_of_jwks: 'For private_key_jwt, give the keys or the address where they are: one of --jwks and --jwks-uri.',
  jwks_without_use: 'Keys of its own are only for a client that shows them: leave --secret and --public out.',
  pairwise_needs_one_host: 'For --pairwise, all addresses that people are sent back to have one host.',
  pairwise_without_device: "--pairwise and --device don't go together.",
  no_claim: '… is no claim: write it as in "editors role admin", a group, a name and a value.',
  standard_claim: '… names a claim that every client hears, or that the standard has. Choose another name.',
}

const sentence = ({ reason, value }: Pick<ClientWrong, 'reason' | 'value'>): string =>
  reason in SENTENCES
    ? SENTENCES[reason as keyof typeof SENTENCES].replace('…', () => shown(value))
    : appSentence({ reason: reason as OfApp, value })

/** All that is wrong, a line each. */
export const refusal = (wrong: readonly ClientWrong[]): Refused =>
  new Refused([...wrong.map(sentence), 'Nothing was changed.'].join('\n'))

export const NO_SUCH_CLIENT = 'There is no client of that name.'
