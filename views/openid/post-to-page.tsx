import { Narrow } from '../layouts.tsx'
import { words } from '../words/words.ts'
import type { Hidden } from './sign-out-pages.tsx'

/** Goes on to the app by a form, which a script sends; the button is for browsers that run none. */
export const PostToPage = ({ hidden, app, action }: { hidden: Hidden; app: string; action: string }) => (
  <Narrow title={words.gate.onTo.title(app)}>
    <p class="lead">{words.gate.onTo.lead(<span class="long">{new URL(action).host}</span>)}</p>
    <form method="post" action={action}>
      {hidden.map(({ name, value }) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="primary">
        {words.gate.onTo.open(app)}
      </button>
    </form>
  </Narrow>
)
