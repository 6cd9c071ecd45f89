import { Hono } from 'hono'
import { z } from 'zod'
import { NoCookiePage } from '#views/sign-in/no-cookie-page.tsx'
import type { Said } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { AppEnv } from '../http/env.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { type GuardDeps, signedOut } from '../pages/guards.ts'
import { answerIn, answerShape, type WithPages } from '../two-factor/factor.http.ts'
import type { AdmissionDeps } from './admission.ts'
import { type SignInAloneDeps, type SignInAloneResult, signInAlone } from './sign-in-alone.ts'
import { signInPage, wantedAfter } from './sign-in-page.http.tsx'
import { signedInBrowser } from './signed-in.http.ts'

/** What the sign-in page's own form of such a kind sends. */
export function signInAloneRoutes(
  deps: WithPages<SignInAloneDeps> & GuardDeps & Pick<AdmissionDeps, 'signUps'> & { page: RenderPage; baseUrl: string },
) {
  const kinds = deps.factorKinds.filter((kind) => kind.readAlone)
  const AnswerForm = z.object({
    ...answerShape(kinds),
    return_to: z.string().optional(),
    cookie: z.string().optional(),
  })

  return new Hono<AppEnv>()
    .use('/', signedOut(deps))
    .get('/', (c) => c.redirect('/sign-in', 303))
    .post('/', async (c) => {
      const { cookies } = deps
      const form = await readForm(c, AnswerForm)
      const { cookie } = form.values
      const returnTo = wantedAfter(deps, form.values.return_to)
      if (cookies.probe.isLost(c, form.values)) {
        const again = { href: '/sign-in', text: words.signIn.signIn.title }
        return deps.page(c, <NoCookiePage site={deps.baseUrl} again={again} />, 422)
      }
      const door = { client: 'browser', asker: cookies.alone.read(c), held: cookies.browser.read(c) } as const
      const result = await signInAlone(deps, answerIn(kinds, form.values) ?? {}, c.var.origin, door)
      if (!result.ok) {
        const refused = refusedForm<string>('passkey', message(result), {
          ...(cookie && { cookie }),
        })
        const page = signInPage(
          c,
          deps,
          { form: refused, returnTo },
          { unknown: 'unknown' in result ? result.unknown : undefined },
        )
        return deps.page(c, page, refusedStatus(c, result))
      }
      signedInBrowser(c, cookies, result)
      cookies.alone.remove(c)
      return c.redirect(returnTo ?? '/', 303)
    })
}

function message(result: Exclude<SignInAloneResult, { ok: true }>): Said {
  switch (result.reason) {
    case 'wait':
      return tooManyAttempts(result.seconds)
    case 'suspended':
    case 'account_ended':
      return words.messages[result.reason]
    default:
      return words.messages.alone[result.reason]
  }
}
