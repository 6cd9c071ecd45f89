import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import { SavedTick } from '../ui/saved-tick.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { Expiry } from './expiry.tsx'

const PATH = '/settings/tokens/value'

type ShownTokenPageProps = {
  viewer: Viewer
  token: { value: string; description: string; expiresAt: Date | null }
  form: FormState<'saved'>
  now: Date
}

/** The value of a new token, this once. It comes back with the forms, because the server does not keep it. */
export const ShownTokenPage = ({ viewer, token, form, now }: ShownTokenPageProps) => (
  <Settings title="Save Your Access Token" viewer={viewer} current="tokens">
    <ErrorSummary form={form} />
    <p class="lead">This is the only time it is shown. Keep it where your script finds it, and nobody else.</p>
    <div class="panel stack" data-once>
      <dl class="details">
        <div>
          <dt>Description</dt>
          <dd>{token.description}</dd>
        </div>
        <div>
          <dt>Expires</dt>
          <dd>
            <Expiry at={token.expiresAt} now={now} />
          </dd>
        </div>
        <div>
          <dt>Access token</dt>
          <dd>
            <code id="token" class="key">
              {token.value}
            </code>
          </dd>
        </div>
      </dl>
      <div class="row">
        <ButtonForm action={`${PATH}/download`} fields={{ value: token.value }} saves>
          Download
        </ButtonForm>
        <CopyButton of="token">Copy</CopyButton>
      </div>
      <CopyOutcome of="token" />
    </div>
    <form method="post" action={PATH} class="stack" novalidate>
      <input type="hidden" name="value" value={token.value} />
      <SavedTick form={form} />
      <div class="row">
        <button type="submit" class="primary">
          Done
        </button>
      </div>
    </form>
  </Settings>
)

/** In the place of that page from then on. */
export const ShownOncePage = ({ viewer }: { viewer: Viewer }) => (
  <Settings title="Save Your Access Token" viewer={viewer} current="tokens">
    <NoticeBox
      standing
      notice={{
        tone: 'warn',
        title: 'It was shown once.',
        text: 'If you have not saved it, regenerate it.',
        link: { href: '/settings/tokens', text: 'Access Tokens' },
      }}
    />
  </Settings>
)
