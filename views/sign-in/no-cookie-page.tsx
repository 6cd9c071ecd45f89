import { Narrow } from '../layouts.tsx'

type NoCookiePageProps = { site: string; again: { href: string; text: string } }

/** Instead of an empty form again: the browser sent nothing back of what it was to keep. */
export const NoCookiePage = ({ site, again }: NoCookiePageProps) => (
  <Narrow title="Your browser did not keep our cookie">
    <p class="lead">
      This site needs a cookie to know you from one page to the next. Your browser did not send it back, so we did
      nothing with what you typed.
    </p>
    <ul>
      <li>
        Allow cookies for <span class="long">{site}</span> in your browser's settings, and in any extension that blocks
        them.
      </li>
      <li>Open this site at exactly that address.</li>
      <li>If you have just cleared your cookies, there is nothing to change. Try again.</li>
    </ul>
    <p>
      <a class="button primary" href={again.href}>
        {again.text}
      </a>
    </p>
  </Narrow>
)
