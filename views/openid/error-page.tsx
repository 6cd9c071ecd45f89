import { Narrow } from '../layouts.tsx'
import { words } from '../words/words.ts'

/** What an app asked for, and why nobody can be sent back to it. The text is the protocol's. */
export const OpenidErrorPage = ({
  error,
  error_description: description,
}: {
  error: string
  error_description?: string | undefined
}) => (
  <Narrow title={words.openid.failed.title}>
    <p class="lead">{words.openid.failed.text}</p>
    <p>
      <code class="long">{description ? `${error}: ${description}` : error}</code>
    </p>
    <p>
      <a class="button" href="/">
        {words.troubles.home}
      </a>
    </p>
  </Narrow>
)
