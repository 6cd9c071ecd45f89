import { HTTPException } from 'hono/http-exception'
import { ErrorPage } from '#views/error-page.tsx'
import { HashQueueFull } from '../lib/passwords.ts'
import { databaseFailure, failureText } from './database-failures.ts'
import type { AnyContext } from './env.ts'
import type { RenderPage } from './page.tsx'
import { REFUSALS, Refusal } from './refusals.ts'

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

  function tryLater(c: AnyContext, reason: keyof typeof LATER, seconds: number, text: string) {
    c.header('Retry-After', String(seconds))
    return page(c, <ErrorPage title={LATER[reason]} text={text} link={home} />, 503)
  }

  return {
    notFound: (c: AnyContext) => refuse(c, new Refusal(404, 'not_found')),
    onError(error: unknown, c: AnyContext) {
      if (error instanceof Refusal) return refuse(c, error)
      if (error instanceof HashQueueFull) {
        const { retryAfterSeconds: seconds } = error
        return tryLater(c, 'busy', seconds, `Nothing was changed. Try again in ${seconds} seconds.`)
      }
      if (error instanceof HTTPException && error.status < 500) return refuse(c, new Refusal(400, 'bad_request'))
      report(error)
      const failure = databaseFailure(error)
      if (failure) return tryLater(c, failure.reason, failure.seconds, failureText(failure, c.req.method))
      const text = 'The fault is ours, and nothing was left half done. Try again in a moment.'
      return page(c, <ErrorPage title="Something went wrong" text={text} link={home} />, 500)
    },
  }
}

const LATER = { busy: 'Too busy at this moment', unavailable: 'Our data is out of reach at this moment' }
