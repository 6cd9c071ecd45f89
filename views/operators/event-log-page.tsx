import { eventInWords } from '../account/events.ts'
import { Operate } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { icons } from '../ui/icons.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { FormState, Method, Origin, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { DayField } from './day-field.tsx'

type Event = Origin & {
  kind: string
  method?: Method | undefined
  at: Date
  failed: boolean
  account: { email: string; username: string } | null
  /** It is about no account, but about what `subject` names. */
  isOfNone: boolean
  subject: string | null
  actor: 'operator' | null
  operator: string | null
  reason: string | null
}

type EventLogPageProps = {
  visitor: Visitor
  form: FormState
  kinds: readonly string[]
  found?: { events: Event[]; olderHref?: string | undefined }
}

/** The log of all accounts, newest first, and what to look for in it. */
export const EventLogPage = ({ visitor, form, kinds, found }: EventLogPageProps) => (
  <Operate title={words.operators.log.title} visitor={visitor} current="log">
    <ErrorSummary form={form} />
    <search>
      <form method="get" action="/operate/log" class="panel stack" novalidate>
        <Field
          form={form}
          name="kind"
          label={words.operators.log.kind}
          input={{}}
          optional
          choices={[
            { value: '', text: words.operators.log.all },
            ...kinds.map((kind) => ({ value: kind, text: eventInWords(kind) })),
          ]}
        />
        <TextField form={form} name="account" label={words.operators.log.account} optional />
        <DayField form={form} name="from" label={words.operators.log.from} />
        <DayField form={form} name="to" label={words.operators.log.to} />
        <button type="submit" class="primary">
          {words.operators.search}
        </button>
      </form>
    </search>
    {found && (
      <div class="panel">
        {found.events.length > 0 ? (
          <ol class="events">
            {found.events.map((event) => (
              <EventRow event={event} />
            ))}
          </ol>
        ) : (
          <p class="empty">{words.operators.log.none}</p>
        )}
      </div>
    )}
    {found && (
      <p>
        {words.operators.log.export}{' '}
        {(['csv', 'jsonl'] as const).map((format) => (
          <a class="button plain" href={`/operate/log/export/${format}`}>
            {words.operators.log.formats[format]}
          </a>
        ))}
      </p>
    )}
    {found?.olderHref && (
      <p>
        <a class="button" href={found.olderHref}>
          {words.settings.activity.older}
        </a>
      </p>
    )}
  </Operate>
)

const EventRow = ({ event }: { event: Event }) => {
  const { kind, method, at, failed, account, isOfNone, subject, actor, operator, reason } = event
  return (
    <li class={failed ? 'failed' : undefined}>
      <div>
        <p class="what">
          {failed && <icons.Triangle />}
          {eventInWords(kind, method)}
        </p>
        <p class="long">
          {account ? (
            <a href={`/operate/accounts/${account.username}`}>
              <Address of={account.email} />
            </a>
          ) : (
            (isOfNone && subject) || words.operators.log.deleted
          )}
        </p>
        {actor && <p class="long">{words.operators.byOperator(operator, reason)}</p>}
      </div>
      <p>
        {words.ui.browserAnd(words.origins.browser(event))}
        <span class="address">{words.origins.address(event.address)}</span>
      </p>
      <p>
        <When at={at} />
      </p>
    </li>
  )
}
