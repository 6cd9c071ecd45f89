import type { JSX } from 'hono/jsx/jsx-runtime'
import { SignInPage } from '#views/sign-in/sign-in-page.tsx'
import type { Cookies } from '../http/cookies.ts'
import type { AnyContext } from '../http/env.ts'
import { returnPath } from '../http/return-to.ts'
import type { WithPages } from '../two-factor/factor.http.ts'
import { type AdmissionDeps, isOpen } from './admission.ts'
import { askerFor, challengesAlone, type SignInAloneDeps } from './sign-in-alone.ts'

type Deps = WithPages<SignInAloneDeps> & Pick<AdmissionDeps, 'signUps'> & { cookies: Cookies }
type Shown = Omit<Parameters<typeof SignInPage>[0], 'isSignUpOpen' | 'parts'>

/** What an answer has used up is asked no more, and a device that nobody has here may forget it. */
type Answered = { unknown?: string | undefined }

/** The page of the first step, with the ways in that need no password. */
export function signInPage(c: AnyContext, deps: Deps, of: Shown, answered?: Answered): JSX.Element {
  const held = answered ? undefined : deps.cookies.alone.read(c)
  const asker = askerFor(held)
  const asked = challengesAlone(deps, asker)
  if (asked.length > 0 && asker !== held) deps.cookies.alone.write(c, asker)
  const { form, returnTo } = of
  const parts = asked.map(({ kind, challenge }) => kind.alonePart?.({ form, returnTo }, { challenge, ...answered }))
  return <SignInPage {...of} isSignUpOpen={isOpen(deps)} parts={parts} />
}

/** Where sign-in leads, if not to the dashboard. */
export function wantedAfter({ baseUrl }: { baseUrl: string }, path: string | undefined): string | undefined {
  const returnTo = returnPath(path, baseUrl)
  return returnTo === '/' ? undefined : returnTo
}
