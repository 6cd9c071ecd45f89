import { icons } from './icons.tsx'
import { Message } from './message.tsx'
import type { FormState } from './types.ts'
import { count } from './words.ts'

const sentenceCase = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** What was refused, at the top of the page, each error linked to its field. Draws nothing when there is none. */
export const ErrorSummary = ({ form }: { form: FormState }) => {
  const { '': whole, ...fields } = form.errors ?? {}
  const refused = Object.entries(fields).filter((entry): entry is [string, string] => Boolean(entry[1]))
  if (!whole && refused.length === 0) return null

  return (
    <div role="alert" class="notice bad" id="errors" tabindex={-1} data-errors>
      <icons.Stop />
      <div class="stack tight">
        {whole && (
          <p>
            <Message text={whole} waitSeconds={form.waitSeconds} />
          </p>
        )}
        {refused.length > 1 && (
          <p>
            <strong>{sentenceCase(`${count(refused.length, 'field')} to put right:`)}</strong>
          </p>
        )}
        {refused.length > 0 && (
          <ul class="stack tight">
            {refused.map(([name, text]) => (
              <li>
                <a href={`#${name}`}>
                  <Message text={text} waitSeconds={form.waitSeconds} />
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
