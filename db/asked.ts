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
