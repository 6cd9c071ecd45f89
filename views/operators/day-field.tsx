import { Field, type FieldProps } from '../ui/field.tsx'

/** A day in UTC, which may be left out. */
export const DayField = (props: Omit<FieldProps, 'optional'>) => (
  <Field {...props} optional input={{ type: 'date', value: props.form.values?.[props.name] }} />
)
