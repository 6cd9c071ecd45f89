import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { Origin } from '../ui/types.ts'
import { words } from '../words/words.ts'
import type { Hidden } from './sign-out-pages.tsx'

const DEVICE = '/oauth/device'

type DeviceCodePageProps = {
  hidden: Hidden
  /** As a link has it. */
  code: string
  /** Why the one that was typed is not taken, as the library calls it. */
  refused: { by: string; code: string } | undefined
}

export const DeviceCodePage = ({ hidden, code, refused }: DeviceCodePageProps) => {
  const { device } = words.openid
  const isCancelled = refused?.by === 'AbortedError'
  const said = refused && !isCancelled ? (device.wrong[refused.by] ?? device.refused) : undefined
  const form = { values: { user_code: refused?.code || code }, ...(said && { errors: { user_code: said } }) }
  return (
    <Narrow title={device.title}>
      <CalloutBox of={isCancelled ? { tone: 'good', text: device.cancelled } : undefined} />
      <ErrorSummary form={form} />
      <p class="lead">{device.lead}</p>
      <form method="post" action={DEVICE} class="stack" novalidate>
        {hidden
          .filter(({ name }) => name !== 'user_code')
          .map(({ name, value }) => (
            <input type="hidden" name={name} value={value} />
          ))}
        <TextField form={form} name="user_code" label={device.code} autofocus />
        <button type="submit" class="primary wide">
          {device.submit}
        </button>
      </form>
    </Narrow>
  )
}

type DeviceConfirmPageProps = { hidden: Hidden; app: string; userCode: string; from: Origin }

/** What is known of the device, before anybody allows it anything. */
export const DeviceConfirmPage = ({ hidden, app, userCode, from }: DeviceConfirmPageProps) => {
  const { device } = words.openid
  const fields = Object.fromEntries(hidden.map(({ name, value }) => [name, value]))
  const { confirm: _, ...others } = fields
  return (
    <Narrow title={device.confirm(app)}>
      <p class="lead">{device.check}</p>
      <dl class="details">
        <div>
          <dt>{device.code}</dt>
          <dd>
            <code class="key">{userCode}</code>
          </dd>
        </div>
        <div>
          <dt>{device.askedBy}</dt>
          <dd>{words.origins.browser(from)}</dd>
        </div>
        <div>
          <dt>{device.address}</dt>
          <dd class="long">{words.origins.address(from.address)}</dd>
        </div>
      </dl>
      <p>{device.warning}</p>
      <div class="row">
        <ButtonForm action={DEVICE} class="primary" fields={fields}>
          {device.allow}
        </ButtonForm>
        <ButtonForm action={DEVICE} class="plain" fields={{ ...others, abort: 'yes' }}>
          {device.deny}
        </ButtonForm>
      </div>
    </Narrow>
  )
}

export const DeviceDonePage = ({ app }: { app: string }) => (
  <Narrow title={words.openid.device.done(app)}>
    <p class="lead">{words.openid.device.close}</p>
  </Narrow>
)
