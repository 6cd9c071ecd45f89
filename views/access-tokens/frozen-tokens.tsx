import { CalloutBox } from '../ui/callout-box.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

type FrozenTokensProps = { visitor: Visitor; since: Date; form: FormState<'password'> }

/** While the account's tokens are frozen: why, and the way out. */
export const FrozenTokens = ({ visitor, since, form }: FrozenTokensProps) => (
  <>
    <CalloutBox
      standing
      of={{
        tone: 'warn',
        title: words.accessTokens.frozen.title,
        text: words.accessTokens.frozen.text,
      }}
    >
      <p>{words.accessTokens.frozen.since(<When at={since} />)}</p>
    </CalloutBox>
    <form method="post" action="/settings/tokens/release" class="panel stack" novalidate>
      <p>{words.accessTokens.frozen.removeFirst}</p>
      <OwnPassword visitor={visitor} form={form} />
      <div class="row">
        <button type="submit">{words.accessTokens.frozen.release}</button>
      </div>
    </form>
  </>
)
