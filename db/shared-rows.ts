/** A `Value` that nobody may change, because others get the same one. */
export type Shared<Value> = Value extends Date
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]: Shared<Value[Key]> }
    : Value

/** Set by Node's test runner. A server reads too often to freeze every row. */
const isTested = process.env.NODE_TEST_CONTEXT !== undefined

const SETTERS = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'))

/** Rows that several requests share. In tests, changing one throws on the spot. */
export const shared = (rows: unknown[]): unknown[] => (isTested ? frozen(rows) : rows)

function frozen<Value>(value: Value): Value {
  if (value instanceof Date) for (const name of SETTERS) Object.defineProperty(value, name, { value: refuse })
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) frozen(each)
  return Object.freeze(value)
}

function refuse(): never {
  throw new TypeError("A date of a shared row can't be changed.")
}
