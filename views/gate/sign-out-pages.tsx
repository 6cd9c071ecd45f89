import { Narrow } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

type Opened = readonly { host: string; title: string }[]

const Apps = ({ opened }: { opened: Opened }) => (
  <ul>
    {opened.map(({ host, title }) => (
      <li>
        {title} <span class="hint long">{host}</span>
      </li>
    ))}
  </ul>
)

type SignOutPageProps = { visitor: Visitor; opened: Opened; back: { href: string; title: string } | undefined }

/** Asks, because one button closes more than the app where it was pressed. */
export const SignOutPage = ({ visitor, opened, back }: SignOutPageProps) => (
  <Narrow title={words.gate.signOut.title}>
    <p class="lead long">{words.dashboard.signedInAs(<Address of={visitor.account.email} />)}</p>
    {opened.length > 0 && (
      <>
        <p>{words.gate.signOut.closes}</p>
        <Apps opened={opened} />
      </>
    )}
    <div class="row">
      <ButtonForm action="/gate/sign-out" class="primary">
        {words.ui.signOut}
      </ButtonForm>
      <a class="button plain" href={back?.href ?? '/'}>
        {back ? words.gate.signOut.back(back.title) : words.ui.cancel}
      </a>
    </div>
  </Narrow>
)

/** What is closed by now. */
export const SignedOutPage = ({ opened }: { opened: Opened }) => (
  <Narrow title={words.gate.signOut.done}>
    {opened.length > 0 && (
      <>
        <p>{words.gate.signOut.closed}</p>
        <Apps opened={opened} />
      </>
    )}
    <p>
      <a class="button primary" href="/sign-in">
        {words.signIn.signIn.title}
      </a>
    </p>
  </Narrow>
)
