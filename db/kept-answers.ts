type Rows = unknown[]

const KEPT_AT_MOST = 5_000_000 // bytes, about: the checks of two thousand people
const OF_EACH = 100 // bytes that keeping an answer takes, whatever is in it

/**
 * Answers of reads, by statement and values. All of them are of one state of the database, whose name is never that of another: when it
 * is in another, they are gone.
 */
export class KeptAnswers {
  private readonly answers = new Map<object, Map<string, Rows>>()
  private bytes = 0
  private state = ''

  /** From now on those of this state count, and no others. */
  only(state: string): void {
    if (state === this.state && this.bytes < KEPT_AT_MOST) return
    this.answers.clear()
    this.bytes = 0
    this.state = state
  }

  /** Not one of another state. */
  get(statement: object, key: string, state = this.state): Rows | undefined {
    return state === this.state ? this.answers.get(statement)?.get(key) : undefined
  }

  /** As above. */
  put(statement: object, key: string, rows: Rows, state = this.state): void {
    if (state !== this.state) return
    const answers = this.answers.get(statement) ?? new Map<string, Rows>()
    this.answers.set(statement, answers)
    answers.set(key, rows)
    this.bytes += OF_EACH + bytesOf(key) + bytesOf(rows)
  }
}

/** About what a value takes up, with what is in it. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 20 + value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Date) return 70
  let bytes = 60
  for (const name in value) bytes += 8 + bytesOf(value[name as keyof typeof value])
  return bytes
}

/** The same for equal values. No value contains NUL. */
export const keyOf = (values: Record<string, unknown>): string =>
  Object.values(values)
    .map((value) => (value instanceof Date ? value.getTime() : value))
    .join('\0')
