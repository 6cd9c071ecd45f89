import { raw } from 'hono/html'
import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { RowForm } from '../ui/row-form.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { NameField } from './name-field.tsx'
import { NeedAnApp } from './need-an-app.tsx'
import { Steps } from './steps.tsx'

type EnrolPageProps = {
  viewer: Viewer
  mode: 'set-up' | 'add' | 'replace'
  enrolmentId: string
  account: string
  issuer: string
  /** The `otpauth:` URI. Its secret is the key shown for typing: a prop named `key` would never arrive, JSX keeps that for itself. */
  uri: string
  /** Our own drawing of `uri`: trusted. */
  qrSvg: string
  /** Of the authenticator: what is proposed for a new one, or the one whose place it takes. */
  name?: string | undefined
  form: FormState<'code' | 'name'>
}

const MODES = {
  'set-up': {
    title: 'Step 1 of 2: Register Authentication App',
    action: '/settings/two-factor/set-up',
    submit: 'Next',
  },
  add: {
    title: 'Register Authentication App',
    action: '/settings/two-factor/add',
    submit: 'Add Authenticator',
  },
  replace: {
    title: 'Replace Authenticator',
    action: '/settings/two-factor/replace',
    submit: 'Replace Authenticator',
  },
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

/** Registering an authenticator: step 1 of setting up, or the whole of adding or replacing one. */
export const EnrolPage = (props: EnrolPageProps) => {
  const { viewer, mode, enrolmentId, account, issuer, uri, qrSvg, name, form } = props
  const { title, action, submit } = MODES[mode]
  return (
    <Settings title={title} viewer={viewer} current="account" above={mode === 'set-up' && <Steps step={1} />}>
      <ErrorSummary form={form} />
      <p class="lead">
        {mode === 'replace' && name && (
          <>
            This takes the place of <strong class="long">{name}</strong>.{' '}
          </>
        )}
        Scan this with an authenticator app. It then shows six digits that change every 30 seconds: the code.
      </p>
      {mode !== 'add' && <NeedAnApp />}
      <div class="panel stack loose">
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
        <RowForm
          action={action}
          submit={submit}
          beside={
            <ButtonForm action={`${action}/cancel`} class="plain">
              Cancel
            </ButtonForm>
          }
        >
          <input type="hidden" name="enrolment" value={enrolmentId} />
          {mode === 'add' && <NameField form={form} name={name} />}
          <CodeField form={form} digitsOnly hint="The six digits your app shows now." />
        </RowForm>
      </div>
    </Settings>
  )
}
