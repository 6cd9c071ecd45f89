import { Settings } from '../layouts.tsx'
import { FolderNote, type MailDelivery } from '../mail/folder-note.tsx'
import { Address } from '../ui/address.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import type { FormState, Notice, Viewer } from '../ui/types.ts'
import { When } from '../ui/when.tsx'

type EmailPageProps = {
  viewer: Viewer
  confirmedAt: Date | null
  delivery: MailDelivery
  form: FormState<never>
  notice?: Notice | undefined
}

/** The address that the account is known by, and whether it is known to be its owner's. */
export const EmailPage = ({ viewer, confirmedAt, delivery, form, notice }: EmailPageProps) => (
  <Settings title="E-mail Address" viewer={viewer} current="account">
    <NoticeBox notice={notice} />
    <ErrorSummary form={form} />
    <p class="lead">You sign in with it, and it is your way back in when the password is lost.</p>
    <section class="panel stack">
      <div class="row">
        <h2 class="long">
          <Address of={viewer.email} />
        </h2>
        <span class={confirmedAt ? 'mark good' : 'mark warn'}>{confirmedAt ? 'Confirmed' : 'Not confirmed'}</span>
      </div>
      {confirmedAt ? (
        <p>
          Confirmed on <When at={confirmedAt} to="day" />
        </p>
      ) : (
        <p>
          {delivery.configured
            ? 'Follow the link in the mail we have sent there. Until then no second factor can be set up.'
            : 'Follow the link in the mail to it.'}
        </p>
      )}
      <div class="row">
        {!confirmedAt && (
          <ButtonForm action="/settings/email/send-link" class="primary">
            Send the link again
          </ButtonForm>
        )}
        <a class="button" href="/settings/email/change">
          Change E-mail Address
        </a>
      </div>
      <FolderNote delivery={delivery} />
    </section>
  </Settings>
)
