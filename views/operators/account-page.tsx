import type { Child } from 'hono/jsx'
import { eventInWords } from '../account/events.ts'
import { Operate } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import type { Callout, Origin, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import type { ListedAccount } from './accounts-page.tsx'

type Details = {
  account: ListedAccount & {
    emailConfirmedAt: Date | null
    passwordChangedAt: Date
    suspendedFor: string | null
    deleteAt: Date | null
  }
  sessions: readonly (Origin & { lastSeenAt: Date })[]
  factors: readonly { name: string; addedAt: Date; lastUsedAt: Date | null }[]
  recoveryCodesLeft: number
  tokens: readonly { description: string; createdAt: Date; lastUsedAt: Date | null }[]
  groups: readonly { name: string; until: Date | null }[]
  events: readonly (Origin & { kind: string; at: Date; actor: 'operator' | null; reason: string | null })[]
}

type AccountPageProps = { visitor: Visitor; flash?: Callout | undefined; of: Details; changes: readonly Change[] }
type Change = keyof typeof words.operators.changes

/** One account and what it has. Nothing on it opens anything. */
export const AccountPage = ({ visitor, flash, of, changes }: AccountPageProps) => {
  const { account, sessions, factors, recoveryCodesLeft, tokens, groups, events } = of
  const { accounts } = words.operators
  return (
    <Operate title={account.displayName ?? account.username} visitor={visitor} current="accounts">
      <CalloutBox of={flash} />
      <section class="panel stack">
        <p class="what">
          <Address of={account.email} />
          <span class="mark">{words.operators.role[account.role]}</span>
          {account.suspendedAt && <span class="mark">{words.operators.suspended}</span>}
        </p>
        <dl class="details">
          <Fact name={words.settings.account.username}>{account.username}</Fact>
          <Fact name={accounts.created}>
            <When at={account.createdAt} />
          </Fact>
          <Fact name={accounts.confirmed}>
            {account.emailConfirmedAt ? <When at={account.emailConfirmedAt} /> : accounts.not}
          </Fact>
          <Fact name={accounts.passwordChanged}>
            <When at={account.passwordChangedAt} />
          </Fact>
          {account.endsAt && (
            <Fact name={accounts.ends}>
              <When at={account.endsAt} />
            </Fact>
          )}
          {account.deleteAt && (
            <Fact name={accounts.deleted}>
              <When at={account.deleteAt} />
            </Fact>
          )}
          {account.suspendedFor && <Fact name={accounts.suspendedFor}>{account.suspendedFor}</Fact>}
          <Fact name={accounts.recoveryCodes}>{factors.length > 0 ? recoveryCodesLeft : accounts.off}</Fact>
        </dl>
        <div class="row">
          {changes.map((change) => (
            <a class="button" href={`/operate/accounts/${account.username}/${change}`}>
              {words.operators.changes[change].title}
            </a>
          ))}
        </div>
      </section>
      <List
        title={accounts.secondFactor}
        none={accounts.off}
        when={accounts.lastUsed}
        absent={accounts.unused}
        rows={factors}
      >
        {({ name, lastUsedAt }) => [name, lastUsedAt]}
      </List>
      <List title={accounts.sessions} none={accounts.nothing} when={words.settings.sessions.lastSeen} rows={sessions}>
        {(session) => [`${words.ui.browserAnd(words.origins.browser(session))}${session.address}`, session.lastSeenAt]}
      </List>
      <List
        title={accounts.tokens}
        none={accounts.nothing}
        when={accounts.lastUsed}
        absent={accounts.unused}
        rows={tokens}
      >
        {({ description, lastUsedAt }) => [description, lastUsedAt]}
      </List>
      <List
        title={accounts.groups}
        none={accounts.nothing}
        when={accounts.ends}
        absent={words.operators.noEnd}
        rows={groups}
      >
        {({ name, until }) => [name, until]}
      </List>
      <List title={accounts.events} none={accounts.nothing} rows={events}>
        {({ kind, actor, reason, at }) => [
          actor ? `${eventInWords(kind)}. ${words.operators.byOperator(null, reason)}` : eventInWords(kind),
          at,
        ]}
      </List>
      <p>
        <a href={`/operate/log?account=${encodeURIComponent(account.email)}`}>{accounts.allEvents}</a>
      </p>
    </Operate>
  )
}

const Fact = ({ name, children }: { name: string; children?: Child }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

type ListProps<Row> = {
  title: string
  none: string
  /** What the moment beside each is. */
  when?: string
  /** In the place of a moment that there isn't. */
  absent?: string
  rows: readonly Row[]
  children: (row: Row) => readonly [text: string, at: Date | null]
}

const List = <Row,>({ title, none, when, absent, rows, children }: ListProps<Row>) => (
  <section class="panel stack">
    <h2>{title}</h2>
    {rows.length === 0 ? (
      <p class="hint">{none}</p>
    ) : (
      <dl class="details">
        {rows.map((row) => {
          const [text, at] = children(row)
          return (
            <div>
              <dt>
                {at && when ? words.ui.column(when) : ''}
                {at ? <When at={at} /> : absent}
              </dt>
              <dd>{text}</dd>
            </div>
          )
        })}
      </dl>
    )}
  </section>
)
