import { Narrow } from '../layouts.tsx'
import { words } from '../words/words.ts'

type NoCookiePageProps = { site: string; again: { href: string; text: string } }

/** Instead of an empty form again: the browser sent nothing back of what it was to keep. */
export const NoCookiePage = ({ site, again }: NoCookiePageProps) => (
  <Narrow title={words.signIn.noCookie.title}>
    <p class="lead">{words.signIn.noCookie.lead}</p>
    <ul>
      <li>{words.signIn.noCookie.allow(<span class="long">{site}</span>)}</li>
      <li>{words.signIn.noCookie.exactly}</li>
      <li>{words.signIn.noCookie.cleared}</li>
    </ul>
    <p>
      <a class="button primary" href={again.href}>
        {again.text}
      </a>
    </p>
  </Narrow>
)
