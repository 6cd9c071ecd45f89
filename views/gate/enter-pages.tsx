import type { Child } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { words } from '../words/words.ts'

type App = { title: string }

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

type LedPageProps = { title: string; text: Child; link: { href: string; text: string } }

/** Why the app doesn't open now, and the way on. */
export const LedPage = ({ title, text, link }: LedPageProps) => (
  <Narrow title={title}>
    <p class="lead">{text}</p>
    <p>
      <a class="button primary" href={link.href}>
        {link.text}
      </a>
    </p>
  </Narrow>
)
