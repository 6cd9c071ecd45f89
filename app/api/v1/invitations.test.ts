import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  codeOf,
  everyRow,
  latchkey,
  mailsTo,
  newEmail,
  PASSWORD,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { COMMAND_LINE } from '../../operators/command-line.ts'
import { createGroup, groupsOf } from '../../operators/groups.ts'

const product = await latchkey({ smtpUrl: undefined })
const { clock, database, deps } = product
const closed = await latchkey({ signUps: 'closed' }, product)
const v1 = apiClient(product)
afterEach(() => assert.deepEqual([product.faults, closed.faults], [[], []]))
after(product.close)

const MINUTE = 60_000
const problemOf = ({ status, body }: Awaited<ReturnType<typeof v1.call>>) =>
  `${status} ${String(body.type).replace('/api/docs#problem-', '')}`

async function signedIn(role: 'member' | 'operator', secondFactor = true) {
  const { email, key, browser } = secondFactor
    ? await withTwoFactor(product)
    : { ...(await signedUp(product)), key: '' }
  await database.db.update(accounts).set({ role }).where(eq(accounts.email, email))
  if (!secondFactor) return { email, browser, session: await v1.signedIn(email) }
  const challenge = await v1.challenged(email)
  clock.advance(MINUTE)
  const { body } = await v1.call('POST', '/sessions/verify', undefined, { challenge, code: codeOf(key, clock.now()) })
  return { email, browser, session: String(body.session) }
}

const CALLS: [string, string, object | undefined][] = [
  ['POST', '/invitations', { role: 'operator' }],
  ['GET', '/invitations', undefined],
  ['DELETE', '/invitations/x', undefined],
]

describe('invitations through /api/v1', () => {
  test('P01, P02: are there for operators alone, with a second factor shown in the last ten minutes, and for no token', async () => {
    const [member, operator, without] = [
      await signedIn('member'),
      await signedIn('operator'),
      await signedIn('operator', false),
    ]
    const { value } = await withToken(product, operator.browser)
    const before = (await everyRow(product)).invitations
    for (const [method, path, body] of CALLS) {
      const asked = async (bearer: string | undefined) => problemOf(await v1.call(method, path, bearer, body))
      assert.equal(await asked(undefined), '401 invalid_token')
      assert.equal(await asked(member.session), '404 not_found')
      assert.equal(await asked(without.session), '403 second_factor_required')
      assert.equal(await asked(value), '403 insufficient_scope')
    }
    clock.advance(10 * MINUTE)
    for (const [method, path, body] of CALLS)
      assert.match(problemOf(await v1.call(method, path, operator.session, body)), / second_factor_stale$/)
    assert.deepEqual((await everyRow(product)).invitations, before)
  })

  test('are made, listed and revoked; the link makes the account that was wanted', async () => {
    const { session } = await signedIn('operator')
    await createGroup(deps, 'family', { operatorId: null, reason: null, origin: COMMAND_LINE })
    const ends = new Date(clock.now().getTime() + 60 * MINUTE).toISOString()
    const wanted = { groups: [{ name: 'family', until: ends }], account_ends_at: ends, reason: 'A visit' }
    const made = await v1.call('POST', '/invitations', session, wanted)
    assert.equal(made.status, 201, made.text)
    const { link, invitation } = made.body as { link: string; invitation: { id: string; expires_at: string } }
    assert.equal(invitation.expires_at, ends, 'no link outlives the account it makes')
    const list = async () => (await v1.call('GET', '/invitations', session)).body.invitations as { state: string }[]
    assert.deepEqual(await list(), [invitation])
    assert.ok(!JSON.stringify(await list()).includes(link.split('=')[1] ?? ''), 'the list has no link')

    const browser = product.browser()
    await browser.get(link.slice(link.indexOf('/sign-up')))
    const email = newEmail()
    assert.equal((await browser.post('/sign-up', { email, password: PASSWORD })).location, '/')
    const account = await accountOf(product, email)
    assert.equal(account.endsAt?.toISOString(), ends)
    assert.deepEqual(
      (await groupsOf(deps, account.id)).map(({ name }) => name),
      ['family'],
    )
    assert.equal((await list())[0]?.state, 'used')
    assert.equal((await v1.call('DELETE', `/invitations/${invitation.id}`, session)).status, 404)

    clock.advance(1)
    const other = (await v1.call('POST', '/invitations', session, {})).body.invitation as { id: string }
    assert.equal((await v1.call('DELETE', `/invitations/${other.id}`, session)).status, 204)
    assert.equal((await list())[0]?.state, 'revoked')
  })

  test('go by mail to the address they are for, and then the answer has no link', async () => {
    const { session } = await signedIn('operator')
    const email = newEmail()
    const sent = await v1.call('POST', '/invitations', session, { email })
    assert.deepEqual([sent.status, 'link' in sent.body], [201, false])
    assert.equal((await mailsTo(product, email)).length, 1)
    const printed = await v1.call('POST', '/invitations', session, { email, send: false })
    assert.deepEqual([printed.status, 'link' in printed.body], [201, true])
    assert.equal((await mailsTo(product, email)).length, 1)
  })

  test('P07: with a role, a group or a date that isn’t one, or a field that isn’t known, are refused and make nothing', async () => {
    const { session } = await signedIn('operator')
    const before = (await everyRow(product)).invitations
    for (const body of [
      ...[
        { role: 'owner' },
        { groups: [{ name: 'nobodys' }] },
        { groups: [{ name: 'Family!' }] },
        { groups: 'family' },
      ],
      ...[
        { expires_at: 'tomorrow' },
        { expires_at: clock.now().toISOString() },
        { account_ends_at: '2020-01-01T00:00:00Z' },
      ],
      ...[{ id: 'x' }, { invited_by: 1 }, { used_by: 1 }, { token_hash: 'x' }, { send: true }, { email: 'ada' }],
    ])
      assert.equal(
        problemOf(await v1.call('POST', '/invitations', session, body)),
        '422 invalid_fields',
        JSON.stringify(body),
      )
    assert.equal(problemOf(await apiClient(closed).call('POST', '/invitations', session, {})), '409 sign_ups_closed')
    assert.deepEqual((await everyRow(product)).invitations, before)
  })
})
