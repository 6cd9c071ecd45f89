import { eq } from 'drizzle-orm'
import { expect, type Page } from 'playwright/test'
import { suspend } from '#app/operators/suspension.ts'
import { accounts, sessions } from '#db/schema.ts'
import { joining } from '#testing/gate.ts'
import { NOTES, PHOTOS } from '#testing/gate-proxies/hosts.ts'
import { OPEN, VAULT } from '#testing/gate-proxies/world.ts'
import { withToken, withTwoFactor } from '#testing/index.ts'
import { BASE_URL } from '#testing/names.ts'
import { FRIENDS, PROXIES, test } from './behind-gate.ts'
import { button, giveCredentials, heading, typeCode, verify } from './person.ts'

const BY = { operatorId: null, reason: 'They asked.', origin: { address: 'server', browser: 'latchkey', system: null } }

type Person = Parameters<typeof giveCredentials>[1] & { authenticator: { nextCode(): Promise<string> } }

/** From the sign-in page that the gate led to, with a second factor, back to where the way began. */
async function signInOnTheWay(page: Page, person: Person, url: string) {
  await expect(heading(page, 'Sign in')).toBeVisible()
  expect(new URL(page.url()).origin).toBe(BASE_URL)
  await giveCredentials(page, person)
  await verify(page, await person.authenticator.nextCode())
  await expect(page).toHaveURL(url)
}

// In one process, because each makes a world with a server, three proxies and three browsers.
test.describe.configure({ mode: 'default' })

for (const kind of PROXIES)
  test.describe(`behind ${kind}`, () => {
    test('the first visit leads through the sign-in to the page first asked for, and the second app asks nothing', async ({
      pageBehind,
      somebody,
    }) => {
      const person = await somebody(FRIENDS)
      const page = await pageBehind(kind)
      const url = `${PHOTOS}/albums/7?sort=new&q=a%20b`
      await page.goto(url)
      await signInOnTheWay(page, person, url)
      await expect(heading(page, 'Photos')).toBeVisible()

      await page.goto(`${NOTES}/`)
      await expect(heading(page, 'Notes')).toBeVisible()
      expect(page.url()).toBe(`${NOTES}/`)
      const names = (await page.context().cookies([PHOTOS, NOTES])).map(({ name, domain }) => `${domain} ${name}`)
      expect(names.filter((name) => name.endsWith('__Host-latchkey-gate')).length).toBe(2)

      await page.goto(`${NOTES}/.latchkey/sign-out`)
      await expect(heading(page, 'Sign Out')).toBeVisible()
      const closes = page.getByRole('main').getByRole('listitem')
      for (const title of ['Photos', 'Notes']) await expect(closes.filter({ hasText: title })).toHaveCount(1)
      await button(page.getByRole('main'), 'Sign out').click()
      await expect(heading(page, "You're signed out")).toBeVisible()
      await page.goto(url)
      await expect(heading(page, 'Sign in')).toBeVisible()
    })

    test('a path that asks for a fresh second factor gets one, and no other path does', async ({
      pageBehind,
      somebody,
      world,
    }) => {
      const person = await somebody(FRIENDS)
      const page = await pageBehind(kind)
      await page.goto(`${PHOTOS}/`)
      await signInOnTheWay(page, person, `${PHOTOS}/`)
      const { db } = world.database
      const [account] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, person.email))
      const before = new Date(Date.now() - 5 * 60_000)
      await db
        .update(sessions)
        .set({ provedAt: before })
        .where(eq(sessions.accountId, account?.id ?? 0))

      await page.goto(`${PHOTOS}/albums`)
      await expect(heading(page, 'Photos')).toBeVisible()
      await page.goto(`${PHOTOS}${VAULT}deeds?page=2`)
      await expect(heading(page, "Confirm It's You")).toBeVisible()
      await typeCode(page, await person.authenticator.nextCode())
      await button(page, 'Continue').click()
      await expect(page).toHaveURL(`${PHOTOS}${VAULT}deeds?page=2`)
      await expect(heading(page, 'Photos')).toBeVisible()
    })

    test('without the group there is a page that says so; after a suspension the next click leads to the sign-in', async ({
      pageBehind,
      somebody,
      world,
    }) => {
      const stranger = await somebody()
      const page = await pageBehind(kind)
      await page.goto(`${PHOTOS}/`)
      await giveCredentials(page, stranger)
      await verify(page, await stranger.authenticator.nextCode())
      await expect(heading(page, "You can't open Photos")).toBeVisible()

      const friend = await somebody(FRIENDS)
      const theirs = await pageBehind(kind)
      await theirs.goto(`${PHOTOS}/`)
      await signInOnTheWay(theirs, friend, `${PHOTOS}/`)
      expect((await suspend(world.product.deps, friend.email, BY)).ok).toBe(true)
      await theirs.reload()
      await expect(heading(theirs, 'Sign in')).toBeVisible()
    })

    test('an access token opens its app, by Bearer and by Basic, and no other app; neither sees it', async ({
      pageBehind,
      world: { product, photos },
    }) => {
      const { browser, email } = await withTwoFactor(product)
      await joining(product, email, FRIENDS)
      const { value } = await withToken(product, browser, { 'scope-app-photos': 'yes' })
      for (const Authorization of [`Bearer ${value}`, `Basic ${btoa(`anybody:${value}`)}`]) {
        const page = await pageBehind(kind)
        await page.setExtraHTTPHeaders({ Authorization })
        photos.taken()
        await page.goto(`${PHOTOS}/`)
        await expect(heading(page, 'Photos')).toBeVisible()
        const [reached] = photos.taken()
        expect([reached?.headers['remote-email'], reached?.headers.authorization ?? '']).toEqual([email, ''])
        await page.goto(`${NOTES}/`)
        await expect(heading(page, "This token doesn't open Notes")).toBeVisible()
      }
    })

    test('a form, a script and a WebSocket of somebody signed out get 401, and lead nowhere', async ({
      pageBehind,
      javaScriptEnabled,
    }) => {
      const page = await pageBehind(kind)
      await page.goto(`${PHOTOS}${OPEN}`)
      await expect(heading(page, 'Photos')).toBeVisible()
      const answered = page.waitForResponse((response) => response.request().method() === 'POST')
      await button(page, 'Post').click()
      expect((await answered).status()).toBe(401)
      expect(page.url()).toBe(`${PHOTOS}/posted`)
      if (javaScriptEnabled === false) return

      await page.goto(`${PHOTOS}${OPEN}`)
      const seen = await page.evaluate(
        async (wss) => {
          const { status, redirected, headers } = await fetch('/data')
          const opened = await new Promise((resolve) => {
            const socket = new WebSocket(wss)
            socket.onopen = () => resolve(true)
            socket.onerror = () => resolve(false)
          })
          return { status, redirected, where: headers.get('Latchkey-Location')?.split('?')[0], opened }
        },
        `${PHOTOS.replace('https:', 'wss:')}/live`,
      )
      expect(seen).toEqual({ status: 401, redirected: false, where: `${BASE_URL}/gate/enter`, opened: false })
    })
  })
