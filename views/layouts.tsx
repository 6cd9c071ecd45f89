import { type Child, type PropsWithChildren, useContext } from 'hono/jsx'
import { AssetsContext, Document } from './document.tsx'
import { once } from './once.ts'
import { ButtonForm } from './ui/button-form.tsx'
import { icons } from './ui/icons.tsx'
import type { Visitor } from './ui/types.ts'
import { words } from './words/words.ts'

const SkipLink = () => (
  <a class="skip" href="#main">
    {words.ui.skip}
  </a>
)

const Brand = () => (
  <a class="brand" href="/">
    <icons.Key />
    {useContext(AssetsContext).issuer}
  </a>
)

type MainProps = PropsWithChildren<{ title: string; above?: Child | undefined }>

const Main = ({ title, above, children }: MainProps) => (
  <main id="main" tabindex={-1} class="stack">
    {above}
    <h1>{title}</h1>
    {children}
  </main>
)

/** One column for one thing to do: signing in and up, the code, errors. */
export const Narrow = ({ title, children }: PropsWithChildren<{ title: string }>) => (
  <Document title={title} class="narrow">
    <SkipLink />
    <header>
      <Brand />
    </header>
    <Main title={title}>{children}</Main>
  </Document>
)

/** A page to read, for anybody. */
export const Reference = ({ title, children }: PropsWithChildren<{ title: string }>) => (
  <Document title={title}>
    <SkipLink />
    <header class="top">
      <Brand />
    </header>
    <div class="page">
      <Main title={title}>{children}</Main>
    </div>
  </Document>
)

type PortalFrameProps = PropsWithChildren<{ title: string; inSettings: boolean }>

const PortalFrame = ({ title, inSettings, children }: PortalFrameProps) => {
  const { issuer } = useContext(AssetsContext)
  return (
    <Document title={title}>
      {once(`header ${inSettings} ${issuer}`, () => (
        <PortalHeader inSettings={inSettings} />
      ))}
      {children}
    </Document>
  )
}

const PortalHeader = ({ inSettings }: { inSettings: boolean }) => (
  <>
    <SkipLink />
    <header class="top">
      <Brand />
      <nav aria-label={words.ui.navigation.account}>
        <a class="button plain" href="/settings/account" aria-current={inSettings ? 'true' : undefined}>
          {words.ui.settings}
        </a>
        <ButtonForm action="/sign-out" class="plain">
          {words.ui.signOut}
        </ButtonForm>
      </nav>
    </header>
  </>
)

type PortalProps = MainProps & { visitor: Visitor }

/** A page of somebody who is signed in. */
export const Portal = ({ title, above, children }: PortalProps) => (
  <PortalFrame title={title} inSettings={false}>
    <div class="page">
      <Main title={title} above={above}>
        {children}
      </Main>
    </div>
  </PortalFrame>
)

const TABS = [
  { name: 'account', href: '/settings/account' },
  { name: 'check-up', href: '/settings/check-up' },
  { name: 'tokens', href: '/settings/tokens' },
  { name: 'sessions', href: '/settings/sessions' },
  { name: 'activity', href: '/settings/activity' },
] as const

type Tab = (typeof TABS)[number]['name']

const Tabs = ({ current }: { current: Tab }) => (
  <nav class="tabs" aria-label={words.ui.navigation.settings}>
    {TABS.map(({ name, href }) => (
      <a href={href} aria-current={name === current ? 'page' : undefined}>
        {words.ui.tabs[name]}
      </a>
    ))}
  </nav>
)

type SettingsProps = PortalProps & { current: Tab }

/** A page under Settings, with the tabs that lead to the others. `above` stands over the heading. */
export const Settings = ({ title, current, above, children }: SettingsProps) => (
  <PortalFrame title={title} inSettings={true}>
    <div class="page settings">
      {once(`tabs ${current}`, () => (
        <Tabs current={current} />
      ))}
      <Main title={title} above={above}>
        {children}
      </Main>
    </div>
  </PortalFrame>
)
