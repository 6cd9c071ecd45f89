import { ALL_SCOPES } from '../../../app/access-tokens/scopes.ts'
import { codeOf, newEmail, PASSWORD } from '../../../testing/index.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'

/** What every password is changed to, so we know it afterwards. */
export const NEW_PASSWORD = 'quiet lantern crosses south'
/** The beginning of everything typed as a password that isn't one. No answer may repeat it. */
export const WRONG_PASSWORD = 'never repeated in any answer'

/** Markup that no page may show unescaped. */
export const canary = (random: Random): string => `lk<b>${random.hex(6)}"x='${random.hex(4)}`
/** Whether a page shows one of them unescaped. */
export const hasCanary = (html: string): boolean => /lk<b>[0-9a-f]{6}|lk&lt;b&gt;[0-9a-f]{6}["']/.test(html)

/** What a person or a program would put into a field with that name: mostly right, sometimes a little wrong. */
export function valueFor(random: Random, name: string, person: Person, given?: string): string {
  const right = RIGHT[kindOf(name)]?.(random, person, given)
  if (random.chance(0.12))
    return kindOf(name) === 'password' ? wrongPassword(random) : typo(random, right ?? given ?? '')
  return right ?? given ?? (random.chance(0.7) ? pick(random, PLAIN) : hostileText(random))
}

const pick = (random: Random, items: readonly string[]) => random.pick(items)

type Make = (random: Random, person: Person, given?: string) => string | undefined

function kindOf(name: string): string {
  if (/^(password|current|oldPassword|new|newPassword)$/.test(name))
    return /^new/.test(name) ? 'newPassword' : 'password'
  if (/^(email|login|new_email|newEmail)$/.test(name)) return 'email'
  if (/^expires/.test(name)) return 'time'
  return /^(id|ids|before)$/.test(name) ? 'id' : name
}

const RIGHT: Partial<Record<string, Make>> = {
  password: (random) => (random.chance(0.85) ? PASSWORD : random.chance(0.5) ? NEW_PASSWORD : wrongPassword(random)),
  newPassword: (random) => (random.chance(0.5) ? NEW_PASSWORD : wrongPassword(random)),
  email: (random, { email }) => (random.chance(0.6) ? email : random.chance(0.6) ? newEmail() : pick(random, EMAILS)),
  code: (random, { key, codes }) => {
    if (key && random.chance(0.45)) return codeOf(key, new Date(), random.pick([-1, 0, 0, 1]))
    if (codes.length > 0 && random.chance(0.5)) return pick(random, codes)
    return random.chance(0.5) ? String(random.below(1_000_000)).padStart(6, '0') : pick(random, CODES)
  },
  time: (random, _person, given) => (given && random.chance(0.7) ? given : pick(random, TIMES)),
  id: (random, { ids }) => (ids.size > 0 ? pick(random, [...ids]) : undefined),
  session: (_random, { bearer }) => bearer,
  challenge: (_random, { challenge, bearer }) => challenge ?? bearer,
  apiList: (random) => (random.chance(0.5) ? pick(random, ALL_SCOPES) : ALL_SCOPES.slice(0, 3).join(',')),
  overlap: (random) => pick(random, ['true', 'false', '1', '', 'yes']),
  description: (random) => (random.chance(0.5) ? pick(random, PLAIN) : canary(random)),
  name: (random) => (random.chance(0.5) ? pick(random, PLAIN) : canary(random)),
  enrolment: (_random, { enrolment }, given) => given ?? enrolment,
  saved: () => 'yes',
}

const wrongPassword = (random: Random) => `${WRONG_PASSWORD} ${random.hex(8)}`

const PLAIN = ['Nightly backup', 'Téléphone de Zoë', '予備の電話', 'a', '  spaced  ', 'yes', '1']
const EMAILS = [
  'ADA@Example.COM',
  'no at sign',
  'a@b',
  `${'x'.repeat(250)}@example.com`,
  'ä@exämple.com',
  'a@example.com,b@example.com',
]
const CODES = [
  '12 34 56',
  '１２３４５６',
  '٠١٢٣٤٥',
  '+12345',
  '1e5999',
  '',
  'abcde-fghjk',
  'ABCDE FGHJK',
  '00000',
  '-000001',
  '9'.repeat(200),
]
const TIMES = [
  '2027-01-31',
  '2027-01-31T12:00:00Z',
  '0000-00-00',
  '275760-09-13',
  '-1',
  '1e99',
  'never',
  '2026-02-30',
  '9999-12-31T23:59:59.999Z',
  '1798675200000',
]

/** Characters that nobody means, for fields, paths and headers. */
export function hostileText(random: Random): string {
  if (random.chance(0.3)) return canary(random)
  if (random.chance(0.1)) return 'x'.repeat(random.pick([255, 257, 8_192, 40_000]))
  return pick(random, HOSTILE)
}

const HOSTILE = [
  ...[
    '\0',
    'a\0b',
    '\uFFFD',
    '\uFEFF',
    '\u202Eevil',
    '\u200B',
    '\r\nSet-Cookie: a=b',
    '\n{"level":"error"}',
    '\u001b[31m',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    'true',
    '[]',
    '{}',
    '0',
    '-1',
    '1e5999',
    '9007199254740993',
  ],
  ...[
    "' or 1=1 --",
    '"; drop table accounts; --',
    '%',
    '%00',
    '%zz',
    '%ED%A0%80',
    '..',
    '../../etc/passwd',
    '//evil.example',
    '/\\evil',
  ],
  ...[
    '😀'.repeat(40),
    'e\u0301',
    '\u212Ae\u1E9E',
    'İ',
    'ﬀ',
    '\u{10FFFF}',
    '<script>alert(1)</script>',
    '$(id)',
    '{{7*7}}',
    'javascript:alert(1)',
  ],
]

function typo(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  const changed = [
    text.slice(0, at) + text.slice(at + 1),
    text + text,
    text.toUpperCase(),
    ` ${text}`,
    '',
    text.slice(0, at),
  ]
  return random.chance(0.2) ? hostileText(random) : pick(random, changed)
}
