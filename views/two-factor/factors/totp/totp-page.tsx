import { raw } from 'hono/html'
import { CodeField } from '../../../ui/code-field.tsx'
import { CopyButton, CopyOutcome } from '../../../ui/copy-button.tsx'
import { words } from '../../../words/words.ts'
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

const secretOf = (uri: string) => new URL(uri).searchParams.get('secret') ?? ''

/** In HTML a drawing needs no namespace, half a module lower its rows have whole numbers, and its paper is in the style sheet. */
const inHtml = (svg: string) =>
  svg
    .trim()
    .replace(/ xmlns="[^"]*"/, '')
    .replace(/<path fill=[^>]*>/, '')
    .replace('#000000', '#000')
    .replace('viewBox="0 0 ', 'viewBox="0 -.5 ')
    .replace('d="M0 0h', 'd="M0-.5h')
    .replaceAll(/(\d)\.5h/g, '$1h')

/** The key in groups of four. The gaps are drawn, not typed, so a selection copies without spaces. The shortest element marks a group. */
const GroupedKey = ({ of }: { of: string }) => (
  <code id="key" class="key">
    {(of.match(/.{1,4}/g) ?? []).map((group) => (
      <i>{group}</i>
    ))}
  </code>
)

/** An authenticator app is registered by its secret, as a picture or typed. */
export const TotpPage = ({ frame, account, issuer, uri, qrSvg }: TotpPageProps) => {
  const { titles, ...enrol } = words.twoFactor.enrol
  return (
    <EnrolFramePage
      frame={frame}
      title={titles[frame.mode]}
      lead={enrol.lead}
      help={frame.mode !== 'add' && <NeedAnApp />}
    >
      <div class="enrol">
        <figure class="qr" role="img" aria-label={enrol.qr(issuer)}>
          {raw(inHtml(qrSvg))}
        </figure>
        <div class="stack">
          <h2>{enrol.cannotScan}</h2>
          <p>
            <a class="button" href={uri}>
              {enrol.openApp}
            </a>
          </p>
          <p class="hint">{enrol.orType}</p>
          <dl class="details">
            <div>
              <dt>{enrol.account}</dt>
              <dd>
                {issuer} ({account})
              </dd>
            </div>
            <div>
              <dt>{enrol.key}</dt>
              <dd class="stack tight">
                <GroupedKey of={secretOf(uri)} />
                <CopyButton of="key">{enrol.copyKey}</CopyButton>
                <CopyOutcome of="key" />
              </dd>
            </div>
            <div>
              <dt>{enrol.timeBased}</dt>
              <dd>{enrol.yes}</dd>
            </div>
          </dl>
        </div>
      </div>
      <EnrolForm frame={frame}>
        <CodeField form={frame.form} digitsOnly hint={enrol.codeHint} />
      </EnrolForm>
    </EnrolFramePage>
  )
}
