import assert from 'node:assert/strict'
import type { Browser } from './browser.ts'
import { TRUSTED } from './names.ts'
import type { Random } from './rival-deeds.ts'
import type { Rivals } from './rivals.ts'

const LIKED = 'as the intruder likes it'
const AN_HOUR = 61 * 60_000 // so mails that were asked for too often may be asked for again

/** The owner presses every link that the intruder caused in the first mailbox, in any order, and is in. The intruder tries everything. */
export async function assertWayBack(world: Rivals, random: Random): Promise<void> {
  const { owner, intruder, first, boxes, clock } = world
  clock.advance(AN_HOUR)
  for (const browser of owner.browsers.splice(0)) await browser.post('/sign-out')
  const links = shuffled(
    (boxes.get(first) ?? []).filter(({ path, caused }) => path.startsWith('/mail/not-me?') && caused === 'intruder'),
    random,
  )
  const right = await world.likely(intruder)
  let pressed = 0
  for (const { path } of links) {
    if ((await world.live([{ path }])).length === 0 || !(await world.press(owner, path))) continue
    pressed++
    await assertOutside(world, 'once the owner has said so') // the intruder's next request
  }
  assert.equal(await world.address(), first, 'the account is known by the first mailbox again')
  if (pressed === 0) await world.product.browser(world.from(owner)).post('/reset-password', { email: first })
  else await triesEverything(world, [...right, ...intruder.passwords.slice(-2)])
  await world.deliver('owner')
  const reset = boxes.get(first)?.findLast(({ path }) => path.startsWith('/mail/reset-password?'))
  const password = 'only its owner knows this one'
  assert.ok(
    reset && (await world.press(owner, reset.path, { password })),
    'a link to a new password, in the first mailbox',
  )
  owner.passwords.push(password)
  const browser = await world.signIn(owner, first)
  assert.ok(browser, 'the owner gets in')
  await triesEverything(world, intruder.passwords)
  assert.equal(await world.address(), first, 'the account stays where it is')
  assert.ok(await world.isIn(browser), 'the owner stays in')
  assert.deepEqual(world.product.faults.splice(0), [])

  async function triesEverything({ product }: Rivals, passwords: string[]) {
    for (const mailbox of intruder.mailboxes) {
      await product.browser(world.from(intruder)).post('/reset-password', { email: mailbox })
      await world.deliver('intruder')
      for (const { path } of await world.live(boxes.get(mailbox) ?? []))
        await world.press(intruder, path, path.startsWith('/mail/reset') ? { password: LIKED } : {})
    }
    await world.deliver('intruder')
    const trusted = intruder.browsers.filter(({ cookies }) => cookies.has(TRUSTED))
    const tries = [...new Set([...passwords, LIKED])]
    const anyOf = () => tries[random(tries.length)] ?? LIKED
    for (const known of tries) await assertRefused(world, known)
    for (const browser of trusted) await assertRefused(world, anyOf(), browser)
    await assertOutside(world, 'whatever was tried')
  }
}

async function assertRefused(world: Rivals, password: string, browser?: Browser) {
  const { intruder, address, signIn, forgetGuesses } = world
  await forgetGuesses() // given enough addresses and days
  const opened = await signIn(intruder, await address(), { ...(browser && { browser }), tries: [password] })
  assert.equal(opened, undefined, 'no password of the intruder opens it, in a trusted browser or another')
}

/** None of the intruder's sessions and access tokens opens anything. */
async function assertOutside({ intruder, product, isIn }: Rivals, when: string) {
  for (const browser of intruder.browsers) assert.ok(!(await isIn(browser)), `the intruder is out ${when}`)
  for (const token of intruder.tokens) {
    const { status } = await product.browser().get('/api/v1/account', { Authorization: `Bearer ${token}` })
    assert.equal(status, 401, `no access token of the intruder opens anything ${when}`)
  }
}

const shuffled = <Item>(items: Item[], random: Random): Item[] =>
  items
    .map((item) => ({ item, at: random(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
