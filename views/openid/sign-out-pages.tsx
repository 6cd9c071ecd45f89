import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { words } from '../words/words.ts'

export type Hidden = readonly { name: string; value: string }[]

const CONFIRM = '/oauth/sign-out/confirm'

/** Asks, because an app has sent the person here and can't know what else they have open. Who stays goes back to the app. */
export const SignOutPage = ({ hidden, app }: { hidden: Hidden; app: string }) => {
  const { logout: _, ...fields }: Record<string, string> = Object.fromEntries(
    hidden.map(({ name, value }) => [name, value]),
  )
  return (
    <Narrow title={words.openid.signOut.title}>
      <p class="lead">{words.openid.signOut.lead(app)}</p>
      <p>{words.openid.signOut.all}</p>
      <div class="row">
        <ButtonForm action={CONFIRM} class="primary" fields={{ ...fields, logout: 'yes' }}>
          {words.openid.signOut.submit}
        </ButtonForm>
        {app ? (
          <ButtonForm action={CONFIRM} class="plain" fields={fields}>
            {words.openid.signOut.stay}
          </ButtonForm>
        ) : (
          <a class="button plain" href="/">
            {words.openid.signOut.stay}
          </a>
        )}
      </div>
    </Narrow>
  )
}

/** `app`: the only one they are signed out of. */
export const SignedOutPage = ({ app }: { app: string }) => (
  <Narrow title={app ? words.openid.signOut.doneAt(app) : words.openid.signOut.done}>
    <p>
      <a class="button primary" href={app ? '/' : '/sign-in'}>
        {app ? words.troubles.home : words.signIn.signIn.title}
      </a>
    </p>
  </Narrow>
)
