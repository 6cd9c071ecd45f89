import { Operate } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { DayField } from './day-field.tsx'
import { MoreLink } from './more-link.tsx'

type GroupsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  form: FormState
  groups: readonly { name: string; members: number }[]
  moreHref?: string | undefined
}

/** All groups, and a new one. */
export const GroupsPage = ({ visitor, flash, form, groups, moreHref }: GroupsPageProps) => (
  <Operate title={words.operators.groups.title} visitor={visitor} current="groups">
    <CalloutBox of={flash} />
    <ErrorSummary form={form} />
    <p class="lead">{words.operators.groups.lead}</p>
    <div class="panel">
      {groups.length > 0 ? (
        <table>
          <thead class="hint">
            <tr>
              <th scope="col">{words.operators.groups.name}</th>
              <th scope="col">{words.operators.groups.members}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map(({ name, members }) => (
              <tr>
                <th scope="row">
                  <a href={`/operate/groups/${name}`}>{name}</a>
                </th>
                <td>
                  <Term name={words.operators.groups.members} />
                  {members}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{words.operators.groups.none}</p>
      )}
    </div>
    <MoreLink href={moreHref} />
    <form method="post" action="/operate/groups" class="panel stack" novalidate>
      <TextField form={form} name="name" label={words.operators.groups.name} hint={words.operators.groups.nameHint} />
      <button type="submit" class="primary">
        {words.operators.groups.create}
      </button>
    </form>
  </Operate>
)

type GroupPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  form: FormState
  name: string
  members: readonly { email: string; username: string; until: Date | null }[]
  moreHref?: string | undefined
}

/** Who is in a group now, and until when. */
export const GroupPage = ({ visitor, flash, form, name, members, moreHref }: GroupPageProps) => (
  <Operate title={name} visitor={visitor} current="groups">
    <CalloutBox of={flash} />
    <ErrorSummary form={form} />
    <div class="panel">
      {members.length > 0 ? <MemberTable group={name} members={members} /> : <p>{words.operators.groups.nobody}</p>}
    </div>
    <MoreLink href={moreHref} />
    <form method="post" action={`/operate/groups/${name}`} class="panel stack" novalidate>
      <TextField form={form} name="account" label={words.operators.groups.account} />
      <DayField form={form} name="until" label={words.operators.until} hint={words.operators.noEnd} />
      <button type="submit" class="primary">
        {words.operators.groups.add}
      </button>
    </form>
    <p>
      <a class="button danger" href={`/operate/groups/${name}/delete`}>
        {words.operators.groups.delete}
      </a>
    </p>
  </Operate>
)

const MemberTable = ({ group, members }: { group: string; members: GroupPageProps['members'] }) => (
  <table>
    <thead class="hint">
      <tr>
        <th scope="col">{words.operators.accounts.account}</th>
        <th scope="col">{words.operators.accounts.ends}</th>
        <th scope="col">
          <span class="unseen">{words.ui.change}</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {members.map(({ email, username, until }) => (
        <tr>
          <th scope="row">
            <a class="long" id={`member-${username}`} href={`/operate/accounts/${username}`}>
              <Address of={email} />
            </a>
          </th>
          <td>
            <Term name={words.operators.accounts.ends} />
            {until ? <When at={until} /> : words.operators.noEnd}
          </td>
          <td>
            <a
              class="button plain"
              href={`/operate/groups/${group}/remove?account=${username}`}
              aria-describedby={`member-${username}`}
            >
              {words.ui.remove}
            </a>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
