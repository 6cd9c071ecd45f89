import { compress } from 'hono/compress'
import { AccountPage } from '#views/operators/account-page.tsx'
import { AccountsPage } from '#views/operators/accounts-page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { takeFlash } from '../pages/flash.ts'
import { signedInPages } from '../pages/guards.ts'
import { type AccountDetails, type AccountsDeps, listAccounts, showAccount } from './accounts.ts'
import { OPERATE, type OperatorPagesDeps } from './operator-pages.http.ts'

const HERE = '/operate/accounts'

/** What can be done to an account now, in the order of its page. */
const changesOf = (approvals: number, { account: { role, suspendedAt }, factors }: AccountDetails) =>
  [
    'sign-out' as const,
    suspendedAt ? ('resume' as const) : ('suspend' as const),
    ...(factors.length > 0 && !suspendedAt ? (['rescue'] as const) : []),
    ...(factors.length > 0 && !suspendedAt && approvals > 1 ? (['rescue-approve'] as const) : []),
    role === 'operator' ? ('make-member' as const) : ('make-operator' as const),
    'delete' as const,
  ] as const

/** Every account, and each one by itself. */
export const accountsRoutes = (deps: AccountsDeps & OperatorPagesDeps & { rescueApprovals: number }) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) =>
    pages
      .get('/', compress(), async (c) => {
        const { search = '', after } = c.req.query()
        const page = await listAccounts(deps, { search, after })
        if (!page) return c.redirect(HERE, 303) // no place that a page of ours names
        const { accounts, next } = page
        const more = new URLSearchParams({ search, after: next ?? '' })
        const moreHref = next && `${HERE}?${more}`
        const form = { values: { search } }
        const { visitor } = c.var
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(
          c,
          <AccountsPage visitor={visitor} flash={flash} form={form} accounts={accounts} moreHref={moreHref} />,
        )
      })
      .get('/:account', compress(), async (c) => {
        const { visitor } = c.var
        const details = await showAccount(deps, c.req.param('account'))
        if (!details) return c.notFound()
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(
          c,
          <AccountPage
            visitor={visitor}
            flash={flash}
            of={details}
            changes={changesOf(deps.rescueApprovals, details)}
          />,
        )
      }),
  )
