import type { z } from 'zod'
import type { ChangePasswordDeps } from '../../account/change-password.ts'
import type { SessionsDeps } from '../../account/sessions.ts'
import { visitorAlone } from '../../identity/session.ts'
import type { SignOutDeps } from '../../identity/sign-out.ts'
import type { Deed } from '../../identity/standing.ts'
import type { Find, SignedIn, TokenHolder, Visitor } from '../../identity/visitor.ts'
import type { Origin } from '../../lib/origin.ts'
import type { SecondStepDeps } from '../../sign-in/second-step.ts'
import type { SignInDeps } from '../../sign-in/sign-in.ts'
import type { DisableDeps } from '../../two-factor/disable.ts'
import type { WithPages } from '../../two-factor/factor.http.ts'
import type { KeptEnrolDeps } from '../../two-factor/kept-enrolment.ts'
import type { RecoveryCodesDeps } from '../../two-factor/recovery-codes.ts'
import { type Finds, holderAlone, type VisitorDeps, visitorWith } from '../bearer.ts'
import type { Answer } from './results.ts'

export type MethodDeps = SignInDeps &
  SignOutDeps &
  WithPages<SecondStepDeps & KeptEnrolDeps> &
  VisitorDeps &
  SessionsDeps &
  ChangePasswordDeps &
  RecoveryCodesDeps &
  DisableDeps

type Call<Parameters> = { deps: MethodDeps; origin: Origin; parameters: Parameters }
type Run<Who> = (call: Call<never> & Who) => Promise<Answer>

/** Reads who calls, with what the method answers. There is nothing to run for an access token where sessions alone may call. */
type Visit = (
  deps: MethodDeps,
  id: string,
  origin: Origin,
) => Promise<{ visitor: Visitor; run: Run<{ id: string }> | undefined } | undefined>

/**
 * One method. Who may call it: `anyone`; whoever has `begun` to sign in or is signed in; who is `signedIn`; or beside them
 * the access tokens that are allowed it, which are the methods of scopes.ts. `reads` may be called with GET. The `deed`
 * is what standing is asked for, before it runs.
 */
export type Method = Open | Closed
type Described = { parameters: z.ZodObject; reads: boolean; deed: Deed }
type Open = Described & { who: 'anyone'; run: Run<unknown> }
export type Closed = Described & { visit: Visit } & (
    | { who: 'signedIn' | 'signedInOrToken' }
    | { who: 'begun'; begun: Run<{ id: string }> }
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

/** `id` names the pending sign-in, if nobody is signed in by it already. */
export const forBegun = <Shape extends z.ZodObject>(
  parameters: Shape,
  run: Runs<Shape, { id: string; visitor: SignedIn | undefined }>,
  options?: Options,
): Closed => ({
  ...forSignedIn(parameters, run, options),
  who: 'begun',
  begun: (call) => run({ ...call, visitor: undefined }),
})

export const forSignedIn = <Shape extends z.ZodObject>(
  parameters: Shape,
  run: Runs<Shape, { id: string; visitor: SignedIn }>,
  options?: Options,
): Closed => forSignedInSeeing(visitorAlone, parameters, run, options)

/** With what `view` reads of the account beside who calls. */
export const forSignedInSeeing = <Owner extends SignedIn, Shape extends z.ZodObject>(
  view: (deps: MethodDeps) => Find<Owner>,
  parameters: Shape,
  run: Runs<Shape, { id: string; visitor: Owner }>,
  { reads = false, deed = 'anything' }: Options = {},
): Closed => ({
  who: 'signedIn',
  parameters,
  reads,
  deed,
  visit: visitBy(
    (deps) => ({ session: view(deps), token: holderAlone(deps) }),
    (visitor) => ('session' in visitor ? (call) => run({ ...call, visitor }) : undefined),
  ),
})

export const forSignedInOrToken = <Shape extends z.ZodObject>(
  parameters: Shape,
  run: Runs<Shape, { id: string; visitor: Visitor }>,
  options?: Options,
): Closed => forSignedInOrTokenSeeing({ view: visitorAlone, ofToken: holderAlone }, parameters, run, options)

export const forSignedInOrTokenSeeing = <Owner extends SignedIn, Holder extends TokenHolder, Shape extends z.ZodObject>(
  { view, ofToken }: { view: (deps: MethodDeps) => Find<Owner>; ofToken: (deps: MethodDeps) => Find<Holder> },
  parameters: Shape,
  run: Runs<Shape, { id: string; visitor: Owner | Holder }>,
  { reads = false, deed = 'anything' }: Options = {},
): Closed => ({
  who: 'signedInOrToken',
  parameters,
  reads,
  deed,
  visit: visitBy(
    (deps) => ({ session: view(deps), token: ofToken(deps) }),
    (visitor) => (call) => run({ ...call, visitor }),
  ),
})

const visitBy =
  <Owner extends SignedIn, Holder extends TokenHolder>(
    finds: (deps: MethodDeps) => Finds<Owner, Holder>,
    runFor: (visitor: Owner | Holder) => Run<{ id: string }> | undefined,
  ): Visit =>
  async (deps, id, origin) => {
    const visitor = await visitorWith(deps, id, origin, finds(deps))
    return visitor && { visitor, run: runFor(visitor) }
  }
