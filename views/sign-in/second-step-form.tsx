import type { PropsWithChildren } from 'hono/jsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import type { FormState } from '../ui/types.ts'

/** `action`: where the answer goes, if not to sign-in. */
export type SecondStepFrame = { form: FormState; returnTo?: string | undefined; action?: string }

/** A form that answers the second step: that of the code, or the own one of a kind that asks a challenge. */
export const SecondStepForm = ({ frame, children }: PropsWithChildren<{ frame: SecondStepFrame }>) => (
  <form method="post" action={frame.action ?? '/sign-in/two-factor'} class="stack" novalidate>
    <CookieAsked form={frame.form} />
    {frame.returnTo && <input type="hidden" name="return_to" value={frame.returnTo} />}
    {children}
  </form>
)
