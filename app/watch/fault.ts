const FRAMES = 12

export type FaultFields = {
  class: string
  code?: string | undefined
  /** The underlying cause, as class and code. */
  cause?: string | undefined
  /** The failed statement, with placeholders instead of values. */
  query?: string | undefined
  stack?: string[] | undefined
}

/**
 * What we may say about a fault. Not its message: Node, PostgreSQL, Drizzle and `JSON.parse` quote what they were given,
 * which may be a password. Class, code and place say where to look.
 */
export function describeFault(error: unknown): FaultFields {
  if (!(error instanceof Error)) return { class: typeof error }
  const { cause, query } = error as { cause?: unknown; query?: unknown }
  return {
    class: classOf(error),
    code: codeOf(error),
    cause: cause instanceof Error ? [classOf(cause), codeOf(cause)].filter(Boolean).join(' ') : undefined,
    query: classOf(error) === 'DrizzleQueryError' && typeof query === 'string' ? query : undefined,
    stack: framesOf(error),
  }
}

const classOf = (error: Error) => error.constructor.name

/** `SQLITE_BUSY`, `23505`, `ECONNREFUSED`: short words in capitals. */
function codeOf(error: Error) {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : undefined
}

/** The lines below the message, which may have many lines and look like anything. None if we can't tell where it ends. */
function framesOf({ stack = '', message }: Error) {
  const start = stack.indexOf(message)
  if (start < 0) return undefined
  return stack
    .slice(start + message.length)
    .split('\n')
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim())
}
