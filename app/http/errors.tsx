import { HTTPException } from 'hono/http-exception'
import { ErrorPage } from '#views/error-page.tsx'
import { HashQueueFull } from '../lib/passwords.ts'
import type { AnyContext } from './env.ts'
import type { RenderPage } from './page.tsx'
import { REFUSALS, Refusal } from './refusals.ts'

const RETRY_SECONDS = 2 // as long as the database waits for its lock

/** A page for whatever went wrong: one h1, a sentence, a way on; never a stack. */
export function errorPages({
  page,
  baseUrl,
  report,
}: {
  page: RenderPage
  baseUrl: string
  report: (error: unknown) => void
}) {
  const home = { href: '/', text: 'Go to the dashboard' }

  function refuse(c: AnyContext, { status, reason }: Refusal) {
    const link = reason === 'other_host' ? { href: `${baseUrl}/`, text: `Go to ${baseUrl}` } : home
    return page(c, <ErrorPage {...REFUSALS[reason]} link={link} />, status)
  }

  function busy(c: AnyContext, seconds: number) {
    c.header('Retry-After', String(seconds))
    const text = `Nothing was changed. Try again in ${seconds} seconds.`
    return page(c, <ErrorPage title="Too busy at this moment" text={text} link={home} />, 503)
  }

  return {
    notFound: (c: AnyContext) => refuse(c, new Refusal(404, 'not_found')),
    onError(error: unknown, c: AnyContext) {
      if (error instanceof Refusal) return refuse(c, error)
      if (error instanceof HashQueueFull) return busy(c, error.retryAfterSeconds)
      if (error instanceof HTTPException && error.status < 500) return refuse(c, new Refusal(400, 'bad_request'))
      report(error)
      if (isBusyDatabase(error)) return busy(c, RETRY_SECONDS)
      const text = 'The fault is ours, and nothing was left half done. Try again in a moment.'
      return page(c, <ErrorPage title="Something went wrong" text={text} link={home} />, 500)
    },
  }
}

const BUSY = /^(SQLITE_BUSY|40001$|40P01$)/ // another process holds the lock; PostgreSQL asks to try again

export function isBusyDatabase(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && BUSY.test(code)) return true
  return cause instanceof Error && isBusyDatabase(cause)
}
