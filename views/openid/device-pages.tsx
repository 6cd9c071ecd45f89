import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { words } from '../words/words.ts'
import type { Hidden } from './sign-out-pages.tsx'

const DEVICE = '/oauth/device'

export const DeviceCodePage = ({ hidden, refused }: { hidden: Hidden; refused: string | undefined }) => (
  <Narrow title={words.openid.device.title}>
    <p class="lead">{words.openid.device.lead}</p>
    <form method="post" action={DEVICE} class="stack">
      {hidden
        .filter(({ name }) => name !== 'user_code')
        .map(({ name, value }) => (
          <input type="hidden" name={name} value={value} />
        ))}
      <label for="user_code">{words.openid.device.code}</label>
      <input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" autofocus />
      {refused && (
        <p class="error" role="alert">
          {words.openid.device.refused}
        </p>
      )}
      <button type="submit" class="primary wide">
        {words.openid.device.submit}
      </button>
    </form>
  </Narrow>
)

export const DeviceConfirmPage = ({ hidden, app, userCode }: { hidden: Hidden; app: string; userCode: string }) => (
  <Narrow title={words.openid.device.confirm(app)}>
    <p class="lead">{words.openid.device.check}</p>
    <p>
      <code>{userCode}</code>
    </p>
    <div class="row">
      <ButtonForm
        action={DEVICE}
        class="primary"
        fields={Object.fromEntries(hidden.map(({ name, value }) => [name, value]))}
      >
        {words.openid.device.allow}
      </ButtonForm>
      <a class="button plain" href="/">
        {words.openid.device.deny}
      </a>
    </div>
  </Narrow>
)

export const DeviceDonePage = ({ app }: { app: string }) => (
  <Narrow title={words.openid.device.done(app)}>
    <p class="lead">{words.openid.device.close}</p>
  </Narrow>
)
