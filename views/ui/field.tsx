import { Message } from './message.tsx'
import type { FormState } from './types.ts'

export type FieldProps = {
  form: FormState
  name: string
  label: string
  /** Differs from the name only where a page has several fields of one name. */
  id?: string | undefined
  hint?: string | undefined
  /** May stay empty. */
  optional?: boolean | undefined
  /** Where to start on a form that was not refused; a refused one starts at its first error. */
  autofocus?: boolean | undefined
  /** The form as a whole was refused, and this field is where to try again. */
  refused?: boolean | undefined
}

type Attributes = Record<string, string | boolean | undefined>

type FieldFrameProps = FieldProps & {
  input: Attributes
  /** Where one of these is chosen instead of typed. */
  choices?: readonly { value: string; text: string }[]
  /** How many lines are seen at once, where there can be more than one. */
  lines?: number
}

const firstRefused = (form: FormState) => Object.entries(form.errors ?? {}).find(([name, text]) => name && text)?.[0]

/** A label, its hint, its input and what was wrong with it, tied together. `input` holds what differs between kinds of fields. */
export const Field = ({
  form,
  name,
  label,
  id = name,
  hint,
  optional,
  autofocus,
  refused,
  input,
  choices,
  lines,
}: FieldFrameProps) => {
  const error = form.errors?.[name]
  const first = firstRefused(form)
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`, refused && 'errors'].filter(Boolean).join(' ')
  const attributes = {
    id,
    name,
    ...input,
    required: !optional,
    autofocus: first ? first === name : autofocus || refused,
    'aria-invalid': error || refused ? ('true' as const) : undefined,
    'aria-describedby': describedBy || undefined,
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class="control">
        {choices ? (
          <select {...attributes}>
            {choices.map(({ value, text }) => (
              <option value={value} selected={form.values?.[name] === value}>
                {text}
              </option>
            ))}
          </select>
        ) : lines ? (
          <textarea {...attributes} rows={lines}>
            {form.values?.[name]}
          </textarea>
        ) : (
          <input {...attributes} />
        )}
      </div>
      {error && (
        <p class="error" id={`${id}-error`}>
          <Message said={error} />
        </p>
      )}
    </div>
  )
}
