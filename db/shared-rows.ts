/** As `Value`, and nobody may change it: others are given the same. */
export type Shared<Value> = Value extends Date
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]: Shared<Value[Key]> }
    : Value

/** Set by Node's test runner. Freezing costs too much for each read of a server. */
const isTested = process.env.NODE_TEST_CONTEXT !== undefined

const SETTERS = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'))

/** Rows that several requests are given. In tests, changing one of them throws right there. */
export const shared = (rows: unknown[]): unknown[] => (isTested ? frozen(rows) : rows)

function frozen<Value>(value: Value): Value {
  if (value instanceof Date) for (const name of SETTERS) Object.defineProperty(value, name, { value: refuse })
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) frozen(each)
  return Object.freeze(value)
}

function refuse(): never {
  throw new TypeError("A date of a shared row can't be changed.")
}
