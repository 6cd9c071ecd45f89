import type { PropsWithChildren } from 'hono/jsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import type { FormState } from '../ui/types.ts'

/** `action`: where the answer goes, if not to sign-in. `level`: what only some kinds reach, where that is asked for. */
export type SecondStepFrame = { form: FormState; returnTo?: string | undefined; action?: string; level?: string }

/** A form that answers the second step: that of the code, or the own one of a kind that asks a challenge. */
export const SecondStepForm = ({ frame, children }: PropsWithChildren<{ frame: SecondStepFrame }>) => (
  <form method="post" action={frame.action ?? '/sign-in/two-factor'} class="stack" novalidate>
    <CookieAsked form={frame.form} />
    {frame.returnTo && <input type="hidden" name="return_to" value={frame.returnTo} />}
    {frame.level && <input type="hidden" name="level" value={frame.level} />}
    {children}
  </form>
)
