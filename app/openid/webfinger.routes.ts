import { Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { webfinger } from './webfinger.ts'

const REFUSED = {
  no_resource: { status: 400, error: 'Ask with one resource.' },
  unknown: { status: 404, error: "This site doesn't know that resource." },
} as const

/** Not there without any client. */
export const webfingerRoutes = ({ baseUrl, openid }: { baseUrl: string; openid: { hasClients(): Promise<boolean> } }) =>
  new Hono<AppEnv>().get('/.well-known/webfinger', async (c, next) => {
    if (!(await openid.hasClients())) return next()
    c.header('Access-Control-Allow-Origin', '*')
    const answer = webfinger(baseUrl, c.req.query('resource'), c.req.queries('rel') ?? [])
    if (answer.ok) return c.body(JSON.stringify(answer.found), 200, { 'Content-Type': 'application/jrd+json' })
    const { status, error } = REFUSED[answer.reason]
    return c.json({ error }, status)
  })
