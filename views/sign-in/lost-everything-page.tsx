import type { PropsWithChildren } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

const HERE = '/sign-in/two-factor/lost-everything'

type Stage =
  | { is: 'offered' }
  | { is: 'address_unsettled'; until: Date }
  | { is: 'waits'; opensAt: Date }
  | { is: 'open'; until: Date }

type LostEverythingPageProps = {
  /** Whose password it asks for. */
  email: string
  stage: Stage
  /** How long the wait is. */
  hours: number
  form: FormState<'password'>
}

/** After the password, for somebody with neither a device nor a recovery code left: how far it is, and the next step. */
export const LostEverythingPage = ({ email, stage, hours, form }: LostEverythingPageProps) => (
  <Narrow title={words.signIn.lostEverything.title}>
    <ErrorSummary form={form} />
    {stage.is === 'offered' ? <Offer email={email} hours={hours} form={form} /> : <HowFar stage={stage} />}
    <a class="button plain wide" href="/sign-in/two-factor">
      {words.ui.back}
    </a>
  </Narrow>
)

const Offer = ({ email, hours, form }: Omit<LostEverythingPageProps, 'stage'>) => (
  <>
    <p class="lead">{words.signIn.lostEverything.lead}</p>
    <ol class="stack">
      {words.signIn.lostEverything.steps(words.amounts.hour(hours)).map((step) => (
        <li class="item">{step}</li>
      ))}
    </ol>
    <p>{words.signIn.lostEverything.tokens}</p>
    <form method="post" action={HERE} class="stack" novalidate>
      {/* Without a name it is not sent: it tells a password manager whose password this is. */}
      <input type="text" autocomplete="username" value={email} readonly hidden />
      <PasswordField form={form} name="password" label={words.ui.password} autocomplete="current-password" />
      <button type="submit" class="primary wide">
        {words.signIn.lostEverything.submit}
      </button>
    </form>
    <p class="aside">{words.signIn.lostEverything.faster}</p>
  </>
)

const HowFar = ({ stage }: { stage: Exclude<Stage, { is: 'offered' }> }) => {
  switch (stage.is) {
    case 'address_unsettled':
      return <Lead>{words.signIn.lostEverything.addressUnsettled(<When at={stage.until} to="day" />)}</Lead>
    case 'waits':
      return <Lead>{words.signIn.lostEverything.waits(<When at={stage.opensAt} />)}</Lead>
    case 'open':
      return (
        <>
          <Lead>{words.signIn.lostEverything.open(<When at={stage.until} />)}</Lead>
          <ButtonForm action={`${HERE}/set-up`} class="primary wide">
            {words.signIn.lostEverything.setUp}
          </ButtonForm>
        </>
      )
  }
}

const Lead = ({ children }: PropsWithChildren) => <p class="lead">{children}</p>
