import type { Child } from 'hono/jsx'
import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { PopUp, PopUpButton, PopUpCancel } from '../ui/pop-up.tsx'
import type { Viewer } from '../ui/types.ts'

const PANIC = {
  title: 'Sign Out Everywhere',
  action: '/settings/sessions/everything',
  sentence:
    'All sessions end, this one too. Sign-ins that are half done end. No browser is trusted any more. Access tokens are frozen until you allow them again.',
} as const

const PanicForm = ({ cancel }: { cancel: Child }) => (
  <div class="row">
    <ButtonForm action={PANIC.action} class="danger">
      Sign Out Everywhere
    </ButtonForm>
    {cancel}
  </div>
)

/** The pop-up's question as a page: for browsers without popovers, and for people who know the address. */
export const SignOutEverywherePage = ({ viewer }: { viewer: Viewer }) => (
  <Settings title={PANIC.title} viewer={viewer} current="sessions">
    <div class="panel stack">
      <p class="lead">{PANIC.sentence}</p>
      <PanicForm
        cancel={
          <a class="button plain" href="/settings/sessions">
            Cancel
          </a>
        }
      />
    </div>
  </Settings>
)

/** The panic button, with its pop-up. */
export const SignOutEverywhere = () => (
  <section class="panel stack">
    <h2>Something is wrong?</h2>
    <p class="lead">Close every door of your account at once, and sign in again when you are ready.</p>
    <div class="row">
      <PopUpButton opens="everything" href={PANIC.action} class="danger">
        {PANIC.title}
      </PopUpButton>
    </div>
    <PopUp id="everything" title={PANIC.title}>
      <p>{PANIC.sentence}</p>
      <PanicForm cancel={<PopUpCancel closes="everything" />} />
    </PopUp>
  </section>
)
