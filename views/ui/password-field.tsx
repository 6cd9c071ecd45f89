import { Field, type FieldProps } from './field.tsx'

type PasswordFieldProps = FieldProps & { autocomplete: 'current-password' | 'new-password' }

/** A password, never shown again; with the script, a button to look at what is typed. */
export const PasswordField = ({ autocomplete, ...props }: PasswordFieldProps) => (
  <Field
    {...props}
    input={{ type: 'password', autocomplete }}
    beside={
      <button type="button" class="plain reveal" hidden data-script data-reveal={props.id ?? props.name}>
        <span data-reveal-word>Show</span> <span class="unseen">password</span>
      </button>
    }
  />
)
