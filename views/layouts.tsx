import { type Child, type PropsWithChildren, useContext } from 'hono/jsx'
import { AssetsContext, Document } from './document.tsx'
import { once } from './once.ts'
import { ButtonForm } from './ui/button-form.tsx'
import { icons } from './ui/icons.tsx'
import { RecoveryWarning } from './ui/recovery-warning.tsx'
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

const Main = ({ title, above, visitor, children }: MainProps & { visitor?: Visitor }) => (
  <main id="main" tabindex={-1} class="stack">
    {visitor && <RecoveryWarning opensAt={visitor.account.recoveryOpensAt} />}
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

/** The part of the portal that a page is in, of those that the header leads to. */
type Part = 'settings' | 'operate' | undefined
type PortalFrameProps = PropsWithChildren<{ title: string; part: Part; visitor: Visitor }>

const PortalFrame = ({ title, part, visitor, children }: PortalFrameProps) => {
  const { issuer } = useContext(AssetsContext)
  const { role } = visitor.account
  return (
    <Document title={title}>
      {once(`header ${part} ${role} ${issuer}`, () => (
        <PortalHeader part={part} role={role} />
      ))}
      {children}
    </Document>
  )
}

const PortalHeader = ({ part, role }: { part: Part; role: Visitor['account']['role'] }) => (
  <>
    <SkipLink />
    <header class="top">
      <Brand />
      <nav aria-label={words.ui.navigation.account}>
        {role === 'operator' && (
          <a class="button plain" href="/operate" aria-current={part === 'operate' ? 'true' : undefined}>
            {words.ui.operate}
          </a>
        )}
        <a class="button plain" href="/settings/account" aria-current={part === 'settings' ? 'true' : undefined}>
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
export const Portal = ({ title, above, visitor, children }: PortalProps) => (
  <PortalFrame title={title} part={undefined} visitor={visitor}>
    <div class="page">
      <Main title={title} above={above} visitor={visitor}>
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
  { name: 'apps', href: '/settings/apps' },
  { name: 'activity', href: '/settings/activity' },
] as const

type Tab = (typeof TABS)[number]['name']

const OPERATE_TABS = [
  { name: 'accounts', href: '/operate/accounts' },
  { name: 'groups', href: '/operate/groups' },
  { name: 'apps', href: '/operate/apps' },
  { name: 'clients', href: '/operate/clients' },
  { name: 'invitations', href: '/operate/invitations' },
  { name: 'policy', href: '/operate/policy' },
  { name: 'log', href: '/operate/log' },
] as const

export type OperateTab = (typeof OPERATE_TABS)[number]['name']

type TabsProps = { of: 'settings' | 'operate'; tabs: readonly { href: string; text: string; isCurrent: boolean }[] }

const Tabs = ({ of, tabs }: TabsProps) => (
  <nav class="tabs" aria-label={words.ui.navigation[of]}>
    {tabs.map(({ href, text, isCurrent }) => (
      <a href={href} aria-current={isCurrent ? 'page' : undefined}>
        {text}
      </a>
    ))}
  </nav>
)

type SettingsProps = PortalProps & { current: Tab }

/** A page under Settings, with the tabs that lead to the others. `above` stands over the heading. */
export const Settings = ({ title, current, above, visitor, children }: SettingsProps) => (
  <PortalFrame title={title} part="settings" visitor={visitor}>
    <div class="page settings">
      {once(`tabs ${current}`, () => (
        <Tabs
          of="settings"
          tabs={TABS.map(({ name, href }) => ({ href, text: words.ui.tabs[name], isCurrent: name === current }))}
        />
      ))}
      <Main title={title} above={above} visitor={visitor}>
        {children}
      </Main>
    </div>
  </PortalFrame>
)

type OperateProps = PortalProps & { current: OperateTab }

/** A page for the people who run the site. */
export const Operate = ({ title, current, above, visitor, children }: OperateProps) => (
  <PortalFrame title={title} part="operate" visitor={visitor}>
    <div class="page settings">
      {once(`operate ${current}`, () => (
        <Tabs
          of="operate"
          tabs={OPERATE_TABS.map(({ name, href }) => ({
            href,
            text: words.ui.operateTabs[name],
            isCurrent: name === current,
          }))}
        />
      ))}
      <Main title={title} above={above} visitor={visitor}>
        {children}
      </Main>
    </div>
  </PortalFrame>
)
