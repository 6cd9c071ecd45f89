import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { SavedTick } from '../ui/saved-tick.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { Expiry } from './expiry.tsx'

const PATH = '/settings/tokens/value'

type ShownTokenPageProps = {
  visitor: Visitor
  token: { value: string; description: string; expiresAt: Date | null }
  form: FormState<'saved'>
  now: Date
}

/** The value of a new token, this once. It comes back with the forms, because the server does not keep it. */
export const ShownTokenPage = ({ visitor, token, form, now }: ShownTokenPageProps) => (
  <Settings title={words.accessTokens.shown.title} visitor={visitor} current="tokens">
    <ErrorSummary form={form} />
    <p class="lead">{words.accessTokens.shown.lead}</p>
    <div class="panel stack" data-once>
      <dl class="details">
        <div>
          <dt>{words.accessTokens.form.description}</dt>
          <dd>{token.description}</dd>
        </div>
        <div>
          <dt>{words.accessTokens.expires}</dt>
          <dd>
            <Expiry at={token.expiresAt} now={now} />
          </dd>
        </div>
        <div>
          <dt>{words.accessTokens.shown.token}</dt>
          <dd>
            <code id="token" class="key">
              {token.value}
            </code>
          </dd>
        </div>
      </dl>
      <div class="row">
        <ButtonForm action={`${PATH}/download`} fields={{ value: token.value }} saves>
          {words.ui.download}
        </ButtonForm>
        <CopyButton of="token">{words.ui.copy}</CopyButton>
      </div>
      <CopyOutcome of="token" />
    </div>
    <form method="post" action={PATH} class="stack" novalidate>
      <input type="hidden" name="value" value={token.value} />
      <SavedTick form={form} />
      <div class="row">
        <button type="submit" class="primary">
          {words.ui.done}
        </button>
      </div>
    </form>
  </Settings>
)

/** In the place of that page from then on. */
export const ShownOncePage = ({ visitor }: { visitor: Visitor }) => (
  <Settings title={words.accessTokens.shown.title} visitor={visitor} current="tokens">
    <CalloutBox
      standing
      of={{
        tone: 'warn',
        title: words.accessTokens.shown.shownOnce,
        text: words.accessTokens.shown.regenerate,
        link: { href: '/settings/tokens', text: words.accessTokens.title },
      }}
    />
  </Settings>
)
