import type { Wrong, WrongReason } from '#app/gate/written-app.ts'
import { Refused } from './command/command.ts'

const LEVELS = 'password, second_factor or phishing_resistant'

/** "…" is what was written. */
const SENTENCES: Record<WrongReason, string> = {
  no_name:
    "An app can't be called …: its name has 1 to 32 small letters, digits, dots, dashes and underscores, and begins with a letter or a digit.",
  there_already: 'There is an app … already.',
  no_title: 'A title has at most 60 characters that can be seen, on one line.',
  no_level: `… names no level: an app asks for ${LEVELS}, and a path or a network can also be public.`,
  no_max_age: '… is no time that a proof can be good for: write it as in 15m or 8h, from 1m to 365d.',
  too_many: 'There are … of them. 100 is the most.',
  no_hosts: 'An app needs a host.',
  no_host: '… is no host: write it as in photos.example.com, without https:// and without a path.',
  wildcard: '… has a * in it. Each host is named by itself.',
  portal_host: '… is where people sign in. An app needs a host name of its own, whatever its port.',
  host_taken: 'Another app has the host ….',
  no_such_group: 'There is no group ….',
  twice: '… is there twice.',
  no_path:
    '… has no plain path: it begins with / and has no dots to climb by, no second slash, no query and nothing encoded twice.',
  public_has_no_age: '… is open to everybody, so there is no proof that could be too old.',
  path_below_app: '… asks for less than the app. A path can ask for more, or be public.',
  no_network: '… names no network: write it as in "192.0.2.0/24 password".',
  network_not_below: '… asks for no less than the app, so it says nothing.',
}

export const sentence = ({ reason, value }: Pick<Wrong, 'reason' | 'value'>): string =>
  SENTENCES[reason].replace('…', () => shown(value))

/** What somebody wrote, safe for a terminal. */
export const shown = (text: string): string => text.replace(/\p{C}/gu, '?').slice(0, 100)

/** All that is wrong, a line each. */
export const refusal = (wrong: readonly Wrong[]): Refused =>
  new Refused([...wrong.map(sentence), 'Nothing was changed.'].join('\n'))

export const NO_SUCH_APP = 'There is no app of that name.'
