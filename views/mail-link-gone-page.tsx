import { ErrorPage } from './error-page.tsx'

/** For a link from a mail that opens nothing. `link` is the way on: to where a new one can be asked for. */
export const MailLinkGonePage = ({ link }: { link: { href: string; text: string } }) => (
  <ErrorPage
    title="This link does not work"
    text="It is not complete, or it is too old, or it was used already, or a newer one was sent after it. Only the newest works, and only once. If your browser keeps no cookies, allow them for this site and open the link again."
    link={link}
  />
)
