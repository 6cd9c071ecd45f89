import { NoticeBox } from '../ui/notice-box.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { When } from '../ui/when.tsx'

type FrozenTokensProps = { viewer: Viewer; since: Date; form: FormState<'password'> }

/** While the account's tokens are frozen: why, and the way out. */
export const FrozenTokens = ({ viewer, since, form }: FrozenTokensProps) => (
  <>
    <NoticeBox
      standing
      notice={{
        tone: 'warn',
        title: 'Your access tokens are frozen.',
        text: 'None of them opens anything. “This was not me” was pressed in a mail about your account.',
      }}
    >
      <p>
        Since <When at={since} />
      </p>
    </NoticeBox>
    <form method="post" action="/settings/tokens/release" class="panel stack" novalidate>
      <p>Remove those that you do not know before you allow the others.</p>
      <OwnPassword viewer={viewer} form={form} />
      <div class="row">
        <button type="submit">Allow my access tokens again</button>
      </div>
    </form>
  </>
)
