import { ErrorPage } from '../error-page.tsx'
import { words } from '../words/words.ts'

/** For a link from a mail that opens nothing. `link` is the way on: to where a new one can be asked for. */
export const MailLinkGonePage = ({ link }: { link: { href: string; text: string } }) => (
  <ErrorPage title={words.mailPages.gone.title} text={words.mailPages.gone.text} link={link} />
)
