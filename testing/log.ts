import { createLog, type LogLevel } from '#app/watch/log.ts'

/** A log that tests can read, as text and as its lines' objects. */
export function keptLog(level: LogLevel = 'debug') {
  let text = ''
  const to = {
    write(line: string) {
      text += line
    },
  }
  return {
    log: createLog({ level, to }),
    text: () => text,
    lines: () => linesOf(text),
    of: (message: string) => linesOf(text).filter(({ msg }) => msg === message),
    forget: () => {
      text = ''
    },
  }
}

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
