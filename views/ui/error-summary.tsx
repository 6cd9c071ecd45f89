import { words } from '../words/words.ts'
import { icons } from './icons.tsx'
import { Message } from './message.tsx'
import type { FormState, Said } from './types.ts'

/** What was refused, at the top of the page, each error linked to its field. Draws nothing when there is none. */
export const ErrorSummary = ({ form }: { form: FormState }) => {
  const { '': whole, ...fields } = form.errors ?? {}
  const refused = Object.entries(fields).filter((entry): entry is [string, Said] => Boolean(entry[1]))
  if (!whole && refused.length === 0) return null

  return (
    <div role="alert" class="callout bad" id="errors" tabindex={-1} data-errors>
      <icons.Stop />
      <div class="stack tight">
        {whole && (
          <p>
            <Message said={whole} />
          </p>
        )}
        {refused.length > 1 && (
          <p>
            <strong>{words.ui.toPutRight(refused.length)}</strong>
          </p>
        )}
        {refused.length > 0 && (
          <ul class="stack tight">
            {refused.map(([name, said]) => (
              <li>
                <a href={`#${name}`}>
                  <Message said={said} />
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
