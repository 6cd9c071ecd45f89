import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import { type Network, within } from '../lib/network.ts'
import type { GuardDeps } from '../pages/guards.ts'

export type OperatorPagesDeps = GuardDeps & { page: RenderPage }

/** Pages of operators mount with it: a member finds nothing there, and a second factor that was shown lately is asked for. */
export const OPERATE = 'operate'

/** For an address from which operators don't reach their pages, there are none. */
export function reachedFrom(networks: readonly Network[]) {
  const isReached = within(networks)
  return createMiddleware<AppEnv>((c, next) =>
    isReached(c.var.origin.address) ? next() : Promise.resolve(c.notFound()),
  )
}
