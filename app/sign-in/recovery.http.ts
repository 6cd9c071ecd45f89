import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/env.ts'

/** For pages that aren't there where the delayed recovery is turned off. */
export const unlessOff = ({ recoveryDelay }: { recoveryDelay: number }) =>
  createMiddleware<AppEnv>(async (c, next) => {
    if (recoveryDelay === 0) return c.notFound()
    await next()
  })
