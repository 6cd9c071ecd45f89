import type { Child } from 'hono/jsx'
import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { PopUp, PopUpButton, PopUpCancel } from '../ui/pop-up.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

const ACTION = '/settings/sessions/everything'

const PanicForm = ({ cancel }: { cancel: Child }) => (
  <div class="row">
    <ButtonForm action={ACTION} class="danger">
      {words.settings.everywhere.title}
    </ButtonForm>
    {cancel}
  </div>
)

/** The pop-up's question as a page: for browsers without popovers, and for people who know the address. */
export const SignOutEverywherePage = ({ visitor }: { visitor: Visitor }) => (
  <Settings title={words.settings.everywhere.title} visitor={visitor} current="sessions">
    <div class="panel stack">
      <p class="lead">{words.settings.everywhere.sentence}</p>
      <PanicForm
        cancel={
          <a class="button plain" href="/settings/sessions">
            {words.ui.cancel}
          </a>
        }
      />
    </div>
  </Settings>
)

/** The panic button, with its pop-up. */
export const SignOutEverywhere = () => (
  <section class="panel stack">
    <h2>{words.settings.everywhere.wrong}</h2>
    <p class="lead">{words.settings.everywhere.lead}</p>
    <div class="row">
      <PopUpButton opens="everything" href={ACTION} class="danger">
        {words.settings.everywhere.title}
      </PopUpButton>
    </div>
    <PopUp id="everything" title={words.settings.everywhere.title}>
      <p>{words.settings.everywhere.sentence}</p>
      <PanicForm cancel={<PopUpCancel closes="everything" />} />
    </PopUp>
  </section>
)
