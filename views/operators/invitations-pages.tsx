import { Operate } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Tick } from '../ui/tick.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { DayField } from './day-field.tsx'
import { MoreLink } from './more-link.tsx'

type Listed = Readonly<{
  id: string
  email: string | null
  role: 'member' | 'operator'
  groups: readonly { name: string; until: Date | null }[]
  expiresAt: Date
  state: keyof typeof words.operators.invitations.state
}>

type InvitationsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  invitations: readonly Listed[]
  moreHref?: string | undefined
}

/** All invitations, the latest first. */
export const InvitationsPage = ({ visitor, flash, invitations, moreHref }: InvitationsPageProps) => (
  <Operate title={words.operators.invitations.title} visitor={visitor} current="invitations">
    <CalloutBox of={flash} />
    <p class="lead">{words.operators.invitations.lead}</p>
    <p>
      <a class="button primary" href="/operate/invitations/new">
        {words.operators.invitations.new}
      </a>
    </p>
    <div class="panel">
      {invitations.length > 0 ? (
        <InvitationTable invitations={invitations} />
      ) : (
        <p>{words.operators.invitations.none}</p>
      )}
    </div>
    <MoreLink href={moreHref} />
  </Operate>
)

const InvitationTable = ({ invitations }: { invitations: readonly Listed[] }) => (
  <table>
    <thead class="hint">
      <tr>
        <th scope="col">{words.operators.invitations.for}</th>
        <th scope="col">{words.operators.invitations.groups}</th>
        <th scope="col">{words.operators.invitations.ends}</th>
        <th scope="col">
          <span class="unseen">{words.ui.change}</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {invitations.map(({ id, email, role, groups, expiresAt, state }) => (
        <tr>
          <th scope="row">
            <p class="what">
              <span class="long" id={`invitation-${id}`}>
                {email ? <Address of={email} /> : words.operators.invitations.anybody}
              </span>
              {role === 'operator' && <span class="mark">{words.operators.role.operator}</span>}
              <span class="mark">{words.operators.invitations.state[state]}</span>
            </p>
          </th>
          <td>
            <Term name={words.operators.invitations.groups} />
            {groups.map(({ name }) => name).join(' ')}
          </td>
          <td>
            <Term name={words.operators.invitations.ends} />
            <When at={expiresAt} />
          </td>
          <td>
            {state === 'open' && (
              <ButtonForm action={`/operate/invitations/${id}/revoke`} describedBy={`invitation-${id}`}>
                {words.operators.invitations.revoke}
              </ButtonForm>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

/** What an invitation is to have. */
export const NewInvitationPage = ({ visitor, form }: { visitor: Visitor; form: FormState }) => {
  const { invitations, role, reason, reasonHint } = words.operators
  return (
    <Operate title={invitations.new} visitor={visitor} current="invitations">
      <ErrorSummary form={form} />
      <form method="post" action="/operate/invitations/new" class="panel stack" novalidate>
        <TextField form={form} name="email" label={invitations.email} hint={invitations.emailHint} optional autofocus />
        <Tick name="send" ticked={form.values?.send === 'yes'}>
          {invitations.send}
        </Tick>
        <Field
          form={form}
          name="role"
          label={invitations.role}
          input={{}}
          choices={(['member', 'operator'] as const).map((value) => ({ value, text: role[value] }))}
        />
        <TextField form={form} name="groups" label={invitations.groups} hint={invitations.groupsHint} optional />
        <DayField form={form} name="expires" label={invitations.expires} hint={invitations.expiresHint} />
        <DayField form={form} name="ends" label={invitations.accountEnds} hint={invitations.accountEndsHint} />
        <TextField form={form} name="reason" label={reason} hint={reasonHint} optional />
        <div class="row">
          <button type="submit" class="primary">
            {invitations.new}
          </button>
          <a class="button plain" href="/operate/invitations">
            {words.ui.cancel}
          </a>
        </div>
      </form>
    </Operate>
  )
}

/** The link of an invitation that is handed out. It is on no other page. */
export const MadeInvitationPage = ({ visitor, link, until }: { visitor: Visitor; link: string; until: Date }) => (
  <Operate title={words.operators.invitations.made.title} visitor={visitor} current="invitations">
    <div class="panel stack">
      <p class="lead">{words.operators.invitations.made.lead}</p>
      <p class="key long">{link}</p>
      <p class="hint">
        {words.operators.invitations.ends} <When at={until} />
      </p>
      <p>
        <a class="button" href="/operate/invitations">
          {words.operators.invitations.made.back}
        </a>
      </p>
    </div>
  </Operate>
)
