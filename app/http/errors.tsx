import { HTTPException } from 'hono/http-exception'
import { ErrorPage } from '#views/error-page.tsx'
import { words } from '#views/words/words.ts'
import { databaseFailure } from '../lib/database-failures.ts'
import { HashQueueFull } from '../lib/passwords.ts'
import type { AnyContext } from './env.ts'
import { failureText } from './failure-text.ts'
import type { RenderPage } from './page.tsx'
import { Refusal } from './refusals.ts'

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
  const home = () => ({ href: '/', text: words.troubles.home })

  function refuse(c: AnyContext, { status, reason }: Refusal) {
    const link = reason === 'other_host' ? { href: `${baseUrl}/`, text: words.troubles.goTo(baseUrl) } : home()
    return page(c, <ErrorPage {...words.refusals[reason]} link={link} />, status)
  }

  function tryLater(c: AnyContext, reason: 'busy' | 'unavailable', seconds: number, text: string) {
    c.header('Retry-After', String(seconds))
    return page(c, <ErrorPage title={words.troubles[reason]} text={text} link={home()} />, 503)
  }

  return {
    notFound: (c: AnyContext) => refuse(c, new Refusal(404, 'not_found')),
    onError(error: unknown, c: AnyContext) {
      if (error instanceof Refusal) return refuse(c, error)
      if (error instanceof HashQueueFull) {
        const { retryAfterSeconds: seconds } = error
        return tryLater(c, 'busy', seconds, words.troubles.hashQueueFull(seconds))
      }
      if (error instanceof HTTPException && error.status < 500) return refuse(c, new Refusal(400, 'bad_request'))
      report(error)
      const failure = databaseFailure(error)
      if (failure) return tryLater(c, failure.reason, failure.seconds, failureText(failure, c.req.method))
      return page(c, <ErrorPage {...words.troubles.fault} link={home()} />, 500)
    },
  }
}
