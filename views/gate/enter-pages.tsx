import type { Child } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { words } from '../words/words.ts'
import { type RefusedAt, saidOf } from './refused-page.tsx'
import { WhomToAsk } from './whom-to-ask.tsx'

type App = { title: string }
type Link = { href: string; text: string }

/** Leads to the app by itself; the link is for browsers that don't go. */
export const OnToPage = ({ app, host, url }: { app: App; host: string; url: string }) => (
  <Narrow title={words.gate.onTo.title(app.title)}>
    <p class="lead">{words.gate.onTo.lead(<span class="long">{host}</span>)}</p>
    <p>
      <a class="button primary" href={url} rel="noreferrer">
        {words.gate.onTo.open(app.title)}
      </a>
    </p>
  </Narrow>
)

type LedPageProps = { title: string; text: Child; contact?: string | undefined; link: Link }

/** Why the app doesn't open now, and the way on. */
export const LedPage = ({ title, text, contact, link }: LedPageProps) => (
  <Narrow title={title}>
    <p class="lead">{text}</p>
    <WhomToAsk contact={contact} />
    <p>
      <a class="button primary" href={link.href}>
        {link.text}
      </a>
    </p>
  </Narrow>
)

/** It doesn't open to them at all. */
export const NotHerePage = ({ refused, contact }: { refused: RefusedAt; contact: string | undefined }) => (
  <LedPage {...saidOf(refused)} contact={contact} link={{ href: '/', text: words.troubles.home }} />
)
