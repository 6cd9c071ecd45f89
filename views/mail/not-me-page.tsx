import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import type { Notice } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { FolderNote, type MailDelivery } from './folder-note.tsx'

type NotMePageProps = {
  /** Where the link to a new password goes. */
  email: string
  /** A sentence without its full stop: "An access token was generated for your account". */
  happened: string
  event?: { at: Date; address: string; browser: string } | undefined
  /** What the button takes back, as in "Remove that access token"; empty where nothing can be. */
  undoing: string[]
  /** What else to do, if the button can't do it. */
  advice: string | undefined
}

const ALWAYS = [
  'Sign your account out everywhere, and end every sign-in that is half done',
  'Forget all browsers that were trusted or known',
  'Freeze your access tokens until you allow them again',
]

/** What happened, what the one button will do, and the button. */
export const NotMePage = ({ email, happened, event, undoing, advice }: NotMePageProps) => (
  <Narrow title="This was not me">
    <p class="lead long">
      {happened}
      {event && (
        <>
          : <When at={event.at} />, {event.browser}, <span class="address">{event.address}</span>
        </>
      )}
      .
    </p>
    <p>If that was not you, the button below will at once:</p>
    <ul class="stack">
      {undoing.map((what) => (
        <li class="item">
          <strong class="long">{what}</strong>
        </li>
      ))}
      {ALWAYS.map((what) => (
        <li class="item">{what}</li>
      ))}
      <li class="item">
        <span class="long">Close the password, and send a link to choose a new one to {email}</span>
      </li>
    </ul>
    {advice && <p>{advice}</p>}
    <ButtonForm action="/mail/not-me" class="primary wide">
      Secure my account
    </ButtonForm>
    <p class="aside">If it was you after all, close this page. Nothing has been changed.</p>
  </Narrow>
)

/** After the button. */
export const SecuredPage = ({ notice, delivery }: { notice: Notice | undefined; delivery: MailDelivery }) => (
  <Narrow title="Your account is secured">
    <NoticeBox notice={notice} />
    <p class="lead">It has been signed out everywhere, its browsers are forgotten and its access tokens are frozen.</p>
    <p>
      We have sent you a link to choose a new password. It works once, within 30 minutes. The old password no longer
      opens the account, whoever knows it.
    </p>
    <FolderNote delivery={delivery} />
    <p>
      <a class="button primary" href="/sign-in">
        Sign in
      </a>
    </p>
  </Narrow>
)
