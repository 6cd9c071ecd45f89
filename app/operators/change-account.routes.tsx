import { z } from 'zod'
import { ChangePage } from '#views/operators/change-page.tsx'
import { RescueCodePage } from '#views/operators/rescue-code-page.tsx'
import { Address } from '#views/ui/address.tsx'
import { TextField } from '#views/ui/text-field.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import { visitorAlone } from '../identity/session.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import type { Acting } from './acting.ts'
import { type DeletionDeps, deleteAccount } from './deletion.ts'
import { actingAs, neededReasonField, reasonField } from './fields.http.ts'
import { OPERATE, type OperatorPagesDeps } from './operator-pages.http.ts'
import { ownerNamed } from './owners.ts'
import { approveRescue, beginRescue, type OperatorRescueDeps } from './rescue.ts'
import { addOperator, type RoleDeps, removeOperator } from './roles.ts'
import { type OperatorSignOutDeps, signOutAccount } from './sign-out.ts'
import { resume, type SuspensionDeps, suspend } from './suspension.ts'

type Deps = RoleDeps & OperatorSignOutDeps & SuspensionDeps & OperatorRescueDeps & DeletionDeps & OperatorPagesDeps
type Change = keyof typeof words.operators.changes
/** `code`: what the page then shows, once. */
type Done = { ok: true; code?: string | undefined; until?: Date }
type Result = Done | { ok: false; reason: keyof typeof words.operators.refused }

type Row = {
  danger: boolean
  /** Asks for the account's address to be typed: nothing brings it back, and no page of it is left to go to. */
  isForGood?: true
  done: FlashWord
  make(deps: Deps, name: string, by: Acting & { reason: string }, typed: string): Promise<Result>
}

/** What each page does, and what the account's page says then. Those that close or open something ask why. */
const CHANGES: Record<Change, Row> = {
  'sign-out': { danger: true, done: 'account_signed_out', make: signOutAccount },
  suspend: { danger: true, done: 'account_suspended', make: suspend },
  resume: { danger: false, done: 'account_resumed', make: (deps, name, by) => resume(deps, name, orNone(by)) },
  rescue: { danger: true, done: 'rescue_asked', make: beginRescue },
  'rescue-approve': { danger: true, done: 'rescue_asked', make: approveRescue },
  'make-operator': {
    danger: false,
    done: 'operator_made',
    make: (deps, name, by) => addOperator(deps, name, orNone(by)),
  },
  'make-member': { danger: true, done: 'operator_unmade', make: removeOperator },
  delete: { danger: true, isForGood: true, done: 'account_deleted', make: deleteAccount },
}

/** A reason that is left out is none. */
const orNone = <By extends Acting>(by: By) => ({ ...by, reason: by.reason || null })

const isChange = (name: string): name is Change => Object.hasOwn(CHANGES, name)

/** Each change of an account on a page of its own. */
export const changeAccountRoutes = (deps: Deps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) => {
    async function show(
      c: SignedInContext,
      name: string,
      change: Change,
      form: FormState,
      status: 200 | 409 | 422 = 200,
    ) {
      const owner = await ownerNamed(deps, name)
      if (!owner) return c.notFound()
      const back = `/operate/accounts/${owner.username}`
      return deps.page(
        c,
        <ChangePage
          visitor={c.var.visitor}
          tab="accounts"
          {...words.operators.changes[change]}
          about={<Address of={owner.email} />}
          action={`${back}/${change}`}
          back={back}
          danger={CHANGES[change].danger}
          form={form}
        >
          {CHANGES[change].isForGood && <TextField form={form} name="email" label={words.operators.typeAddress} />}
        </ChangePage>,
        status,
      )
    }

    pages
      .get('/:account/:change', (c) => {
        const { account, change } = c.req.param()
        return isChange(change) ? show(c, account, change, {}) : c.notFound()
      })
      .post('/:account/:change', async (c) => {
        const { account, change } = c.req.param()
        if (!isChange(change)) return c.notFound()
        const { danger, isForGood, done, make } = CHANGES[change]
        const form = await readForm(
          c,
          z.object({ reason: danger ? neededReasonField() : reasonField(), email: z.string().optional() }),
        )
        const { reason = '', email = '' } = form.values
        const values = { reason, email }
        if (!form.ok) return show(c, account, change, { values, errors: form.errors }, 422)
        const by = { ...actingAs(c.var.visitor, c, null), reason: form.data.reason ?? '' }
        const result = await make(deps, account, by, email)
        if (!result.ok)
          return show(
            c,
            account,
            change,
            refusedForm<'reason' | 'email'>(
              result.reason === 'not_its_address' ? 'email' : '',
              words.operators.refused[result.reason],
              values,
            ),
            409,
          )
        if (result.code !== undefined && result.until)
          return deps.page(
            c,
            <RescueCodePage visitor={c.var.visitor} account={account} code={result.code} until={result.until} />,
          )
        deps.cookies.flash.leave(c, done)
        return c.redirect(isForGood ? '/operate/accounts' : `/operate/accounts/${account}`, 303)
      })
  })
