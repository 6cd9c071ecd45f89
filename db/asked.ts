import { keyOf } from './kept-answers.ts'

type Values = Record<string, unknown>
type Rows = unknown[]

const toNobody = () => {}

/** What is asked in one turn, and the one answer for everybody who asks the same. Whoever has it keeps it: a second one changes nothing. */
export class Asked {
  resolve: (rows: Rows) => void = toNobody
  reject: (error: unknown) => void = toNobody
  readonly answer = new Promise<Rows>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })

  /** `key` is that of `values`. */
  constructor(
    readonly key: string,
    readonly values: Values,
  ) {}
}

/** The answer to what is asked in this turn, which somebody may have asked already. */
export function askedIn(turn: Map<string, Asked>, values: Values): Promise<Rows> {
  const key = keyOf(values)
  const before = turn.get(key)
  if (before) return before.answer
  const one = new Asked(key, values)
  turn.set(key, one)
  return one.answer
}
