import { Narrow } from './layouts.tsx'

type ErrorPageProps = { title: string; text: string; link?: { href: string; text: string } | undefined }

/** What went wrong in a sentence, and a way on. */
export const ErrorPage = ({ title, text, link }: ErrorPageProps) => (
  <Narrow title={title}>
    <p class="lead">{text}</p>
    {link && (
      <p>
        <a class="button primary" href={link.href}>
          {link.text}
        </a>
      </p>
    )}
  </Narrow>
)
