import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Hono } from 'hono'
import { character } from '#testing/characters.ts'
import { BASE_URL } from '#testing/names.ts'
import { network } from '../lib/network.ts'
import type { AppEnv } from './env.ts'
import { emailField, passwordField } from './fields.ts'
import { onlyHost } from './host.ts'
import { Refusal } from './refusals.ts'
import { readBrowser, requester } from './requester.ts'

const proxies = [
  { address: '10.0.0.0', prefix: 8, family: 'ipv4' as const },
  { address: '2001:db8:aa::', prefix: 48, family: 'ipv6' as const },
]
const ours = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255)).map(([one, other]) => `10.${one}.${other}.1`),
  fc.nat(0xffff).map((group) => `2001:db8:aa::${group.toString(16)}`),
)
const others = fc.oneof(
  fc.tuple(fc.integer({ min: 11, max: 99 }), fc.nat(255)).map(([one, other]) => `${one}.2.3.${other}`),
  fc.nat(0xffff).map((group) => `2001:db8:bb::${group.toString(16)}`),
)
const junk = fc.constantFrom('', 'unknown', '1.2.3', '1.2.3.4:80', '_hidden', '<b>', '999.1.1.1', 'fe80::1%', "'")
type Hop = { kind: 'ours' | 'other' | 'junk'; text: string }
const hop = fc.oneof(
  ours.map((text): Hop => ({ kind: 'ours', text })),
  others.map((text): Hop => ({ kind: 'other', text })),
  junk.map((text): Hop => ({ kind: 'junk', text })),
)
const FORWARDED = 'X-Forwarded-For'

async function addressOf(trusted: typeof proxies, peer: string, forwarded: string) {
  const app = new Hono<AppEnv>().use(requester(trusted)).get('/', (c) => c.json(c.var.origin.address))
  const environment = { incoming: { socket: { remoteAddress: peer } } }
  return (await app.request('/', { headers: { [FORWARDED]: forwarded } }, environment)).json()
}

describe('whose request it is, whatever is forwarded', () => {
  test('nothing that stands left of the last address that no proxy of ours vouches for changes anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hop, { maxLength: 5 }), ours, async (hops, peer) => {
        const fromTheEnd = hops.toReversed()
        const end = fromTheEnd.findIndex(({ kind }) => kind !== 'ours')
        const vouchedFor = end < 0 ? fromTheEnd : fromTheEnd.slice(0, end)
        const last = end >= 0 && fromTheEnd[end]?.kind === 'other' ? fromTheEnd[end] : vouchedFor.at(-1)
        assert.equal(await addressOf(proxies, peer, hops.map(({ text }) => text).join(', ')), last?.text ?? peer)
      }),
    )
  })

  test('without trusted proxies, and from a peer that is none, the header is not read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hop, { maxLength: 5 }), others, ours, async (hops, peer, proxy) => {
        const header = hops.map(({ text }) => text).join(',')
        assert.equal(await addressOf([], proxy, header), proxy)
        assert.equal(await addressOf(proxies, peer, header), peer)
      }),
    )
  })

  test('of any User-Agent a short name is kept, and none of its markup', () => {
    const agent = fc.oneof(
      fc.string({ unit: character, maxLength: 700 }),
      fc.string().map((text) => `Mozilla/5.0 (${text}) <b>/1`),
    )
    fc.assert(fc.property(agent, (text) => assert.match(readBrowser(text).browser, /^[\w .+-]{1,40}$/)))
  })
})

describe('the network that guesses are counted for', () => {
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff))
  const groups = fc.array(group, { minLength: 8, maxLength: 8 })
  /** A spelling of the address (RFC 4291 section 2.2). */
  const spelt = (
    of: number[],
    { zeros, upper, dotted, from }: { zeros: boolean; upper: boolean; dotted: boolean; from: number },
  ) => {
    const text = of.map((each) => each.toString(16).padStart(zeros ? 4 : 1, '0'))
    const [high = 0, low = 0] = of.slice(6)
    if (dotted) text.splice(6, 2, `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`)
    let end = from
    while (of[end] === 0 && end < text.length - (dotted ? 1 : 0)) end++
    const short = end - from > 1 ? `${text.slice(0, from).join(':')}::${text.slice(end).join(':')}` : text.join(':')
    return upper ? short.toUpperCase() : short
  }
  const spelling = fc.record({ zeros: fc.boolean(), upper: fc.boolean(), dotted: fc.boolean(), from: fc.nat(6) })

  test('is one for every spelling of every address of a customer, and another for another', () => {
    fc.assert(
      fc.property(groups, groups, spelling, spelling, (one, other, spellOne, spellOther) => {
        const same = [...one.slice(0, 4), ...other.slice(4)]
        const expected = `${one
          .slice(0, 4)
          .map((each) => each.toString(16))
          .join(':')}::/64`
        assert.equal(network(spelt(one, spellOne)), expected)
        assert.equal(network(spelt(same, spellOther)), expected)
        const isElsewhere = one.slice(0, 4).join() !== other.slice(0, 4).join()
        assert.equal(network(spelt(other, spellOther)) !== expected, isElsewhere)
      }),
      { numRuns: 500 },
    )
  })

  test('is the address itself for IPv4, and for what is no address', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), junk), (address) => assert.equal(network(address), address)))
  })
})

describe('the host that a request names', () => {
  /** All spellings of ours, apart from letter case: with the usual port, and with a dot at the end, which is sent on. */
  const MEANT = new Map([
    ['latchkey.test', 200],
    ['latchkey.test:443', 200],
    ['latchkey.test.', 308],
    ['latchkey.test.:443', 308],
  ])
  const app = new Hono<AppEnv>()
    .use(onlyHost(BASE_URL))
    .get('/', (c) => c.text('ours'))
    .onError((error, c) => c.text('', error instanceof Refusal ? error.status : 500))
  const statusFor = async (host: string) => (await app.request('/', { headers: { Host: host } })).status

  test('is ours in any case, with the usual port or a dot at the end, and another with anything else before, in or after it', async () => {
    const ours = new URL(BASE_URL).host
    const more = fc.stringMatching(/^[!-~]{1,3}$/)
    await fc.assert(
      fc.asyncProperty(fc.mixedCase(fc.constant(ours)), more, fc.nat(ours.length), async (host, extra, at) => {
        assert.equal(await statusFor(host), 200)
        for (const other of [
          host.slice(0, at) + extra + host.slice(at),
          host.slice(0, at) + host.slice(at + 1) + extra,
        ])
          assert.equal(await statusFor(other), MEANT.get(other.toLowerCase()) ?? 421, other)
      }),
      {
        examples: [
          ['latchkey.test', ':443', 13],
          ['latchkey.test', '.', 13],
          ['latchkey.test', '@', 0],
        ],
      },
    )
  })
})

describe('what stands in a field', () => {
  test('an email address has one spelling, however it is typed, and normalising it again changes nothing', () => {
    const field = emailField()
    const local = fc.stringMatching(/^[a-z0-9]([a-z0-9.+_-]{0,20}[a-z0-9])?$/).filter((text) => !text.includes('..'))
    const typed = fc
      .tuple(local, fc.domain())
      .map(([name, domain]) => `${name}@${domain}`)
      .filter((text) => text.length <= 254)
    fc.assert(
      fc.property(
        typed.chain((text) => fc.tuple(fc.constant(text), fc.mixedCase(fc.constant(text)))),
        ([text, mixed]) => {
          const { success, data } = field.safeParse(` ${mixed}\t`)
          fc.pre(success)
          assert.equal(data, text.toLowerCase())
          assert.equal(field.parse(data), data)
        },
      ),
    )
  })

  test('whatever else is typed as one is refused in a sentence, or comes out as what goes in again', () => {
    const field = emailField()
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: character }), fc.emailAddress()), (text) => {
        const { success, data, error } = field.safeParse(text)
        if (success) assert.equal(field.parse(data), data)
        else assert.match(error.issues[0]?.message ?? '', /^[A-Z].*\.$/)
      }),
    )
  })

  test('a password may be 1 to 256 characters, counted as people count them, and stays as it was typed', () => {
    const field = passwordField()
    const text = fc.array(fc.constantFrom('a', ' ', 'é', '😀', '\u0301', '鍵'), { maxLength: 300 })
    fc.assert(
      fc.property(text, (characters) => {
        const typed = characters.join('')
        const { success, data } = field.safeParse(typed)
        assert.equal(success, characters.length >= 1 && characters.length <= 256)
        if (success) assert.equal(data, typed)
      }),
      { examples: [[Array(256).fill('😀')], [Array(257).fill('😀')]] },
    )
  })
})
