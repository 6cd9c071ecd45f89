import { words } from '../words/words.ts'

/** To the next page of a list, where there is one. */
export const MoreLink = ({ href }: { href: string | undefined }) =>
  href ? (
    <p>
      <a class="button" href={href}>
        {words.operators.more}
      </a>
    </p>
  ) : null
