import type { z } from 'zod'
import type { ChangePasswordDeps } from '../../account/change-password.ts'
import type { SessionsDeps } from '../../account/sessions.ts'
import type { Session } from '../../identity/session.ts'
import type { Deed } from '../../identity/standing.ts'
import type { Origin } from '../../lib/origin.ts'
import type { SecondStepDeps } from '../../sign-in/second-step.ts'
import type { SignInDeps } from '../../sign-in/sign-in.ts'
import type { DisableDeps } from '../../two-factor/disable.ts'
import type { WithPages } from '../../two-factor/factor.http.ts'
import type { KeptEnrolDeps } from '../../two-factor/kept-enrolment.ts'
import type { RecoveryCodesDeps } from '../../two-factor/recovery-codes.ts'
import type { Caller, CallerDeps } from '../bearer.ts'
import type { Answer } from './results.ts'

export type MethodDeps = SignInDeps &
  WithPages<SecondStepDeps & KeptEnrolDeps> &
  CallerDeps &
  SessionsDeps &
  ChangePasswordDeps &
  RecoveryCodesDeps &
  DisableDeps

type Call<Parameters> = { deps: MethodDeps; origin: Origin; parameters: Parameters }
type Run<Who> = (call: Call<never> & Who) => Promise<Answer>

/**
 * One method. Who may call it: `anyone`; whoever has `begun` to sign in or is signed in; who is `signedIn`; or besides
 * them the access tokens that are allowed it, which are the methods of scopes.ts. `reads` may be called with GET. The `deed`
 * is what standing is asked for, before it runs.
 */
export type Method = { parameters: z.ZodObject; reads: boolean; deed: Deed } & (
  | { who: 'anyone'; run: Run<unknown> }
  | { who: 'begun'; run: Run<{ id: string; caller: Caller | undefined }> }
  | { who: 'signedIn'; run: Run<{ id: string; session: Session }> }
  | { who: 'signedInOrToken'; run: Run<{ id: string; caller: Caller }> }
)

type Options = { reads?: boolean; deed?: Deed }
type Runs<Shape extends z.ZodObject, Who> = (call: Call<z.output<Shape>> & Who) => Promise<Answer>

export const forAnyone = <Shape extends z.ZodObject>(parameters: Shape, run: Runs<Shape, unknown>): Method => ({
  who: 'anyone',
  parameters,
  reads: false,
  deed: 'anything',
  run,
})

/** `id` names the pending sign-in. If somebody is already signed in, there is a `caller`. */
export const forBegun = <Shape extends z.ZodObject>(
  parameters: Shape,
  run: Runs<Shape, { id: string; caller: Caller | undefined }>,
  { reads = false, deed = 'anything' }: Options = {},
): Method => ({ who: 'begun', parameters, reads, deed, run })

export const forSignedIn = <Shape extends z.ZodObject>(
  parameters: Shape,
  run: Runs<Shape, { id: string; session: Session }>,
  { reads = false, deed = 'anything' }: Options = {},
): Method => ({ who: 'signedIn', parameters, reads, deed, run })

export const forSignedInOrToken = <Shape extends z.ZodObject>(
  parameters: Shape,
  run: Runs<Shape, { id: string; caller: Caller }>,
  { reads = false, deed = 'anything' }: Options = {},
): Method => ({ who: 'signedInOrToken', parameters, reads, deed, run })
