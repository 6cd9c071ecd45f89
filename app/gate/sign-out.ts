import type { Find, SignedIn } from '../identity/visitor.ts'

/** An app that a session has opened, at one of its hosts. */
export type OpenedApp = Readonly<{ host: string; title: string }>

export type VisitorWithApps = SignedIn & Readonly<{ opened: readonly OpenedApp[] }>

export type SignOutStore = { visitorWithApps: Find<VisitorWithApps> }

export const openedView = ({ gate }: { gate: SignOutStore }): Find<VisitorWithApps> => gate.visitorWithApps

/** The app from which they come, if the session has opened it: nothing else is a way back. */
export const cameFrom = ({ opened }: VisitorWithApps, host: string | undefined): OpenedApp | undefined =>
  opened.find((app) => app.host === host)
