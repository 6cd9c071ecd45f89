import type { KoaContextWithOIDC, Provider as Library } from 'oidc-provider'
import { type ProofDeps, proofOf } from './proof.ts'
import { leavesClient } from './records.ts'
import type { AtClient } from './visitor-at.ts'

type Deps = ProofDeps & {
  now(): Date
  /** The request in hand. */
  current(): KoaContextWithOIDC | undefined
  /** Whoever is signed in at the portal and may go on. */
  visitorAt(ctx: KoaContextWithOIDC): Promise<AtClient | undefined>
}

/** The portal's session is the only one: the library's is a note beside it, found by it and ended with it. */
export function oneSession(library: Library, { current, visitorAt, now, anyIsMfa }: Deps): void {
  const { Session, Client } = library
  const made = (of: { jti?: string }) =>
    new (Session as unknown as new (of: object) => InstanceType<typeof Session>)(of)
  const own = Session.get.bind(Session) as unknown as (ctx: KoaContextWithOIDC) => Promise<InstanceType<typeof Session>>
  Session.get = (async (ctx: KoaContextWithOIDC) => {
    const visitor = await visitorAt(ctx)
    const session = visitor ? await sessionBeside(visitor.session.id) : await own(ctx)
    if (!visitor) return session.accountId ? made({}) : session
    const { max_age: maxAge } = ctx.query
    const since = typeof maxAge === 'string' && maxAge !== '' ? now().getTime() - Number(maxAge) * 1000 : undefined
    const { acr, amr, at } = proofOf({ anyIsMfa }, visitor, since)
    session.loginAccount({
      accountId: String(visitor.account.id),
      acr,
      amr,
      loginTs: Math.floor(at.getTime() / 1000),
    })
    ctx.oidc.entity('Session', session)
    return session
  }) as never
  const { persist } = Session.prototype
  // Of one that isn't stored yet, as at an address of a device that nobody has begun, the library's throws.
  Session.prototype.persist = async function (this: InstanceType<typeof Session>) {
    return typeof this.exp === 'number' ? persist.call(this) : ''
  }
  Session.prototype.resetIdentifier = () => {} // it has the name of the portal's, which no browser chooses
  const { authorizationFor } = Session.prototype
  // To the library, what doesn't end with its session outlives a sign-out at the app as well.
  Session.prototype.authorizationFor = function (this: InstanceType<typeof Session>, ...of: [string]) {
    const found = authorizationFor.apply(this, of)
    const ctx = current()
    return ctx && leavesClient(ctx) && found ? { ...found, persistsLogout: false } : found
  }
  // A trigger has put it into the queue, in whatever way the session ended (app/openid/sign-outs.ts).
  const tell = Client.prototype.backchannelLogout
  Client.prototype.backchannelLogout = async function (this: never, ...of: never[]) {
    if (current()?.oidc?.route !== 'end_session_confirm')
      await (tell as (...of: never[]) => Promise<void>).apply(this, of)
  }

  async function sessionBeside(id: string) {
    const jti = `portal ${id}`
    return (await Session.find(jti)) ?? made({ jti })
  }
}
