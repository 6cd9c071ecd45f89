import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import type { Callout, Origin } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { FolderNote, type MailDelivery } from './folder-note.tsx'

type NotMePageProps = {
  /** Where the link to a new password goes. */
  email: string
  /** The security event it is about. One that this version doesn't know, and a change of address, have no notice of their own. */
  kind: string
  event?: (Origin & { at: Date }) | undefined
  /** What the button takes back; empty where nothing can be. */
  undoing: Undoing[]
  /** Whether that takes back what the mail was about. */
  isUndone: boolean
}

/** What the button can take back, by the name of its words. */
type Undoing = keyof typeof words.mailPages.notMe.undo

const happened = (kind: string) => (isNoticed(kind) ? words.notices[kind].happened : words.mailPages.notMe.emailChanged)

const isNoticed = (kind: string): kind is keyof typeof words.notices => Object.hasOwn(words.notices, kind)

/** What to do where the button can't do it. */
const advice = (kind: string) => (isAdvised(kind) ? words.mailPages.notMe.advice[kind] : undefined)

const isAdvised = (kind: string): kind is keyof typeof words.mailPages.notMe.advice =>
  Object.hasOwn(words.mailPages.notMe.advice, kind)

const undone = (what: Undoing, email: string) => {
  const text = words.mailPages.notMe.undo[what]
  return typeof text === 'string' ? text : text(email)
}

/** What happened, what the one button will do, and the button. */
export const NotMePage = ({ email, kind, event, undoing, isUndone }: NotMePageProps) => (
  <Narrow title={words.mailPages.notMe.title}>
    <p class="lead long">
      {words.mailPages.notMe.lead(
        happened(kind),
        event && {
          at: <When at={event.at} />,
          browser: words.origins.browser(event),
          address: <span class="address">{words.origins.address(event.address)}</span>,
        },
      )}
    </p>
    <p>{words.mailPages.notMe.theButton}</p>
    <ul class="stack">
      {undoing.map((what) => (
        <li class="item">
          <strong class="long">{undone(what, email)}</strong>
        </li>
      ))}
      {words.mailPages.notMe.always.map((what) => (
        <li class="item">{what}</li>
      ))}
      <li class="item">
        <span class="long">{words.mailPages.notMe.newPassword(email)}</span>
      </li>
    </ul>
    {!isUndone && advice(kind) && <p>{advice(kind)}</p>}
    <ButtonForm action="/mail/not-me" class="primary wide">
      {words.mailPages.notMe.submit}
    </ButtonForm>
    <p class="aside">{words.mailPages.notMe.wasMe}</p>
  </Narrow>
)

/** After the button. */
export const SecuredPage = ({ flash, delivery }: { flash: Callout | undefined; delivery: MailDelivery }) => (
  <Narrow title={words.mailPages.secured.title}>
    <CalloutBox of={flash} />
    <p class="lead">{words.mailPages.secured.lead}</p>
    <p>{words.mailPages.secured.next}</p>
    <FolderNote delivery={delivery} />
    <p>
      <a class="button primary" href="/sign-in">
        {words.signIn.signIn.title}
      </a>
    </p>
  </Narrow>
)
