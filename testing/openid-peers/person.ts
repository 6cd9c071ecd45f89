import { codeOf } from '../authenticator.ts'
import type { Browser } from '../browser.ts'
import { PASSWORD } from '../names.ts'
import { mayUseClients } from '../openid.ts'
import { read, submit, textOf } from '../people.ts'
import { withTwoFactor } from '../stories.ts'
import type { PeersWorld } from './world.ts'

const SIGN_IN = '/sign-in'

export type Person = Awaited<ReturnType<typeof person>>

/** Somebody with a second factor, whose browser is signed out. They sign in once in half a minute, as a code is good once. */
export async function person(world: PeersWorld) {
  const { product, issuer } = world
  const { email, key } = await withTwoFactor(product)
  await mayUseClients(product, email)
  const browser = product.browser()

  /**
   * Goes where an app sends them, signs in with password and code where the portal asks, and goes on until it sends them away:
   * where to.
   */
  async function comes(to: string): Promise<string> {
    let at = new URL(to)
    for (let steps = 0; at.origin === issuer; steps++) {
      if (steps > 12) throw new Error(`It goes round at ${at}.`)
      const next = at.pathname === SIGN_IN ? await signsIn(at) : await leads(browser, at)
      at = new URL(next, at)
    }
    return at.href
  }

  async function signsIn({ pathname, search }: URL) {
    const page = await read(browser, `${pathname}${search}`)
    const { location: asked } = await sendsForm(page, 'password', { email, password: PASSWORD })
    const { location } = await sendsForm(await read(browser, asked ?? ''), 'code', {
      code: codeOf(key, product.clock.now()),
    })
    return location ?? ''
  }

  /** Goes where a device tells them to, signs in, types its code and says yes: what they read then. */
  async function allows({ url, code }: { url: string; code: string }) {
    const signIn = new URL(await leads(browser, new URL(url)), url)
    const page = await read(browser, await signsIn(signIn))
    const asked = await sendsForm(page, 'user_code', { user_code: code })
    let said = await sendsForm(asked.html, 'confirm')
    for (let steps = 0; said.location; steps++) {
      if (steps > 12) throw new Error(`It goes round at ${said.location}.`)
      said = await browser.get(said.location)
    }
    return textOf(said.html)
  }

  /** At the page where an app sends them to sign out; where they are sent then, if anywhere. */
  async function confirmsSignOut(to: string) {
    const { pathname, search } = new URL(to)
    return sendsForm(await read(browser, `${pathname}${search}`), 'logout')
  }

  /** The only form of a page with a field of that name, as it came, and with what they type. */
  async function sendsForm(html: string, field: string, typed: Record<string, string> = {}) {
    const form = html.split('<form').find((each) => each.includes(`name="${field}"`)) ?? ''
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? ''
    const fields = [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => [
      /name="([^"]*)"/.exec(tag)?.[1] ?? '',
      /value="([^"]*)"/.exec(tag)?.[1] ?? '',
    ])
    const { status, location, html: next } = await browser.post(action, { ...Object.fromEntries(fields), ...typed })
    if (status >= 400) throw new Error(`POST ${action} answered ${status}: ${textOf(next)}`)
    return { status, location, html: next }
  }

  return { email, browser, comes, allows, confirmsSignOut, sendsForm, signsOut: () => submit(browser, '/sign-out') }
}

async function leads(browser: Browser, { pathname, search }: URL) {
  const { status, location, headers, html } = await browser.get(`${pathname}${search}`)
  const next = location ?? /url=(.+)$/.exec(headers.get('Refresh') ?? '')?.[1]
  if (next === undefined) throw new Error(`${pathname} answered ${status}: ${textOf(html)}`)
  return next
}
