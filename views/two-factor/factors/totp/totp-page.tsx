import { raw } from 'hono/html'
import { CodeField } from '../../../ui/code-field.tsx'
import { CopyButton, CopyOutcome } from '../../../ui/copy-button.tsx'
import { EnrolForm, type EnrolFrame, EnrolFramePage } from '../../enrol-frame.tsx'
import { NeedAnApp } from './need-an-app.tsx'

type TotpPageProps = {
  frame: EnrolFrame
  account: string
  issuer: string
  /** The `otpauth:` URI. Its secret is the key shown for typing: a prop named `key` would never arrive, JSX keeps that for itself. */
  uri: string
  /** Our own drawing of `uri`: trusted. */
  qrSvg: string
}

const TITLES = {
  'set-up': 'Step 1 of 2: Register Authentication App',
  add: 'Register Authentication App',
  replace: 'Replace Authenticator',
} as const

const secretOf = (uri: string) => new URL(uri).searchParams.get('secret') ?? ''

/** The key in groups of four. The gaps are drawn, not typed, so a selection copies without spaces. */
const GroupedKey = ({ of }: { of: string }) => (
  <code id="key" class="key" data-key>
    {(of.match(/.{1,4}/g) ?? []).map((group, index) => (
      <>
        {index > 0 && <wbr />}
        <span>{group}</span>
      </>
    ))}
  </code>
)

/** An authenticator app is registered by its secret, as a picture or typed. */
export const TotpPage = ({ frame, account, issuer, uri, qrSvg }: TotpPageProps) => (
  <EnrolFramePage
    frame={frame}
    title={TITLES[frame.mode]}
    lead="Scan this with an authenticator app. It then shows six digits that change every 30 seconds: the code."
    help={frame.mode !== 'add' && <NeedAnApp />}
  >
    <div class="enrol">
      <figure class="qr" role="img" aria-label={`QR code that adds ${issuer} to an authenticator app`}>
        {raw(qrSvg)}
      </figure>
      <div class="stack">
        <h2>Cannot scan it?</h2>
        <p>
          <a class="button" href={uri}>
            Open in an authenticator app
          </a>
        </p>
        <p class="hint">Or type this into the app:</p>
        <dl class="details">
          <div>
            <dt>Account</dt>
            <dd>
              {issuer} ({account})
            </dd>
          </div>
          <div>
            <dt>Key</dt>
            <dd class="stack tight">
              <GroupedKey of={secretOf(uri)} />
              <CopyButton of="key">Copy key</CopyButton>
              <CopyOutcome of="key" />
            </dd>
          </div>
          <div>
            <dt>Time based</dt>
            <dd>Yes</dd>
          </div>
        </dl>
      </div>
    </div>
    <EnrolForm frame={frame}>
      <CodeField form={frame.form} digitsOnly hint="The six digits your app shows now." />
    </EnrolForm>
  </EnrolFramePage>
)
