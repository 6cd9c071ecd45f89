import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { accountOf, everyRow, type Latchkey, latchkey, newEmail, PASSWORD, signedUp } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { COMMAND_LINE } from './command-line.ts'
import { firstOperatorLink } from './first-operator.ts'
import { listInvitations, revokeInvitation } from './invitations.ts'

const opened: Latchkey[] = []
after(() => Promise.all(opened.map((product) => product.close())))

const DAY = 24 * 60 * 60_000

async function emptySite(settings: Parameters<typeof latchkey>[0]) {
  const product = await latchkey(settings)
  opened.push(product)
  return product
}

const pathOf = (link: string | undefined) => (link ? link.slice(link.indexOf('/sign-up')) : '')

async function follow(product: Latchkey, path: string, email = newEmail()) {
  const browser = product.browser()
  await browser.get(path)
  const answer = await browser.post('/sign-up', { email, password: PASSWORD })
  return { ...answer, browser, email }
}

describe('the link for the first operator', () => {
  for (const signUps of ['open', 'invited', 'closed'] as const)
    test(`makes an operator where SIGN_UP is ${signUps}, once, and no link is given after that`, async () => {
      const product = await emptySite({ signUps })
      const path = pathOf(await firstOperatorLink(product.deps))
      const token = path.split('=')[1] ?? ''
      assert.ok(!JSON.stringify(await everyRow(product)).includes(token), 'only its hash is kept')
      const first = await follow(product, path)
      assert.deepEqual([first.status, first.location], [303, '/'])
      assert.equal((await accountOf(product, first.email)).role, 'operator')
      const second = await follow(product, path)
      assert.equal(second.status, signUps === 'closed' ? 403 : 410)
      assert.equal(await firstOperatorLink(product.deps), undefined)
      await assertInvariants(product.database, [token])
    })

  test('twenty who hold it make one account', async () => {
    const product = await emptySite({ signUps: 'closed' })
    const path = pathOf(await firstOperatorLink(product.deps))
    const answers = await Promise.all(Array.from({ length: 20 }, () => follow(product, path)))
    assert.equal(answers.filter(({ status }) => status === 303).length, 1)
    assert.equal((await everyRow(product)).accounts?.length, 1)
    await assertInvariants(product.database)
  })

  test('that four servers ask for at once is made by each, and one of the four works', async () => {
    const product = await emptySite({ signUps: 'invited' })
    const links = await Promise.all(Array.from({ length: 4 }, () => firstOperatorLink(product.deps)))
    assert.equal(links.filter(Boolean).length, 4)
    const answers: number[] = []
    for (const link of links) answers.push((await follow(product, pathOf(link))).status)
    assert.deepEqual(answers.sort(), [303, 410, 410, 410])
  })

  test('takes the place of the one before, and ends after a day', async () => {
    const product = await emptySite({ signUps: 'invited' })
    const before = pathOf(await firstOperatorLink(product.deps))
    const path = pathOf(await firstOperatorLink(product.deps))
    assert.equal((await follow(product, before)).status, 410)
    product.clock.advance(DAY)
    assert.equal((await follow(product, path)).status, 410)
    const fresh = pathOf(await firstOperatorLink(product.deps))
    product.clock.advance(DAY - 1)
    assert.equal((await follow(product, fresh)).status, 303)
  })

  test('opens nothing once somebody has signed up without it, who is no operator', async () => {
    const product = await emptySite({ signUps: 'open' })
    const path = pathOf(await firstOperatorLink(product.deps))
    const { email } = await signedUp(product)
    assert.equal((await accountOf(product, email)).role, 'member')
    assert.equal((await follow(product, path)).status, 410)
    const used = { id: 'first-operator', email: newEmail(), now: product.clock.now() }
    assert.equal(await product.deps.admissions.spendInvitation(used), false, 'the store alone holds that')
    assert.equal((await everyRow(product)).accounts?.length, 1)
  })

  test('is on no list of invitations, and can’t be revoked as one', async () => {
    const product = await emptySite({ signUps: 'invited' })
    const path = pathOf(await firstOperatorLink(product.deps))
    assert.deepEqual((await listInvitations(product.deps)).invitations, [])
    const by = { operatorId: null, reason: null, origin: COMMAND_LINE }
    assert.equal((await revokeInvitation(product.deps, 'first-operator', by)).ok, false)
    assert.equal((await follow(product, path)).status, 303)
  })
})
