import { Settings } from '../layouts.tsx'
import { FolderNote, type MailDelivery } from '../mail/folder-note.tsx'
import { Address } from '../ui/address.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type EmailPageProps = {
  visitor: Visitor
  confirmedAt: Date | null
  delivery: MailDelivery
  form: FormState<never>
  flash?: Callout | undefined
}

/** The address that the account is known by, and whether it is known to be its owner's. */
export const EmailPage = ({ visitor, confirmedAt, delivery, form, flash }: EmailPageProps) => (
  <Settings title={words.settings.email.title} visitor={visitor} current="account">
    <CalloutBox of={flash} />
    <ErrorSummary form={form} />
    <p class="lead">{words.settings.email.lead}</p>
    <section class="panel stack">
      <div class="row">
        <h2 class="long">
          <Address of={visitor.account.email} />
        </h2>
        <span class={confirmedAt ? 'mark good' : 'mark warn'}>
          {confirmedAt ? words.settings.email.confirmed : words.settings.email.unconfirmed}
        </span>
      </div>
      {confirmedAt ? (
        <p>{words.settings.email.confirmedOn(<When at={confirmedAt} to="day" />)}</p>
      ) : (
        <p>{delivery.configured ? words.settings.email.followLink : words.settings.email.followLinkInFile}</p>
      )}
      <div class="row">
        {!confirmedAt && (
          <ButtonForm action="/settings/email/send-link" class="primary">
            {words.settings.email.sendAgain}
          </ButtonForm>
        )}
        <a class="button" href="/settings/email/change">
          {words.settings.changeEmail.title}
        </a>
      </div>
      <FolderNote delivery={delivery} />
    </section>
  </Settings>
)
