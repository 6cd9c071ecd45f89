import { Operate } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { MoreLink } from './more-link.tsx'

export type ListedAccount = Readonly<{
  email: string
  username: string
  displayName: string | null
  role: 'member' | 'operator'
  suspendedAt: Date | null
  endsAt: Date | null
  createdAt: Date
}>

type AccountsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  form: FormState
  accounts: readonly ListedAccount[]
  moreHref?: string | undefined
}

/** Every account, or those that were searched for. */
export const AccountsPage = ({ visitor, flash, form, accounts, moreHref }: AccountsPageProps) => (
  <Operate title={words.operators.accounts.title} visitor={visitor} current="accounts">
    <CalloutBox of={flash} />
    <search>
      <form method="get" action="/operate/accounts" class="panel stack" novalidate>
        <TextField form={form} name="search" label={words.operators.accounts.search} optional />
        <button type="submit" class="primary">
          {words.operators.search}
        </button>
      </form>
    </search>
    <div class="panel">
      {accounts.length > 0 ? <AccountTable accounts={accounts} /> : <p>{words.operators.accounts.none}</p>}
    </div>
    <MoreLink href={moreHref} />
  </Operate>
)

const AccountTable = ({ accounts }: Pick<AccountsPageProps, 'accounts'>) => (
  <table>
    <thead class="hint">
      <tr>
        <th scope="col">{words.operators.accounts.account}</th>
        <th scope="col">{words.operators.accounts.created}</th>
        <th scope="col">{words.operators.accounts.ends}</th>
      </tr>
    </thead>
    <tbody>
      {accounts.map(({ email, username, displayName, role, suspendedAt, endsAt, createdAt }) => (
        <tr>
          <th scope="row">
            <p class="what">
              <a class="long" href={`/operate/accounts/${username}`}>
                <Address of={email} />
              </a>
              {role === 'operator' && <span class="mark">{words.operators.role.operator}</span>}
              {suspendedAt && <span class="mark">{words.operators.suspended}</span>}
            </p>
            <p class="hint long">{displayName === null ? username : `${username}, ${displayName}`}</p>
          </th>
          <td>
            <Term name={words.operators.accounts.created} />
            <When at={createdAt} to="day" />
          </td>
          <td>
            <Term name={words.operators.accounts.ends} />
            {endsAt ? <When at={endsAt} /> : words.operators.noEnd}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
