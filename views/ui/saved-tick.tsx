import { words } from '../words/words.ts'
import { Message } from './message.tsx'
import type { FormState } from './types.ts'

/** "I've saved the data": what is shown once has to be kept before one goes on. The script ticks it on Download and Copy. */
export const SavedTick = ({ form, ticked }: { form: FormState<'saved'>; ticked?: boolean | undefined }) => {
  const error = form.errors?.saved
  return (
    <div class="field">
      <label class="check" for="saved">
        <input
          type="checkbox"
          id="saved"
          name="saved"
          value="yes"
          checked={ticked}
          autofocus={Boolean(error)}
          aria-invalid={error ? 'true' : undefined}
          aria-describedby={error ? 'saved-error' : undefined}
        />
        {words.ui.saved}
      </label>
      {error && (
        <p class="error" id="saved-error">
          <Message said={error} />
        </p>
      )}
    </div>
  )
}
