import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { words } from '../words/words.ts'

export type Hidden = readonly { name: string; value: string }[]

/** Asks, because an app has sent the person here and cannot know what else they have open. */
export const SignOutPage = ({ hidden, app }: { hidden: Hidden; app: string }) => (
  <Narrow title={words.openid.signOut.title}>
    <p class="lead">{words.openid.signOut.lead(app)}</p>
    <p>{words.openid.signOut.all}</p>
    <div class="row">
      <ButtonForm
        action="/oauth/sign-out/confirm"
        class="primary"
        fields={{ ...Object.fromEntries(hidden.map(({ name, value }) => [name, value])), logout: 'yes' }}
      >
        {words.openid.signOut.submit}
      </ButtonForm>
      <a class="button plain" href="/">
        {words.openid.signOut.stay}
      </a>
    </div>
  </Narrow>
)

export const SignedOutPage = () => (
  <Narrow title={words.openid.signOut.done}>
    <p>
      <a class="button primary" href="/sign-in">
        {words.signIn.signIn.title}
      </a>
    </p>
  </Narrow>
)
