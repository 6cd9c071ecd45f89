import type { AnyContext } from '../http/env.ts'
import type { Format } from './log/export.ts'

const TYPES: Record<Format, string> = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl' }

/** The log as a file, read from the database as it is sent: no log is too long. */
export function sendLogFile(c: AnyContext, format: Format, lines: AsyncGenerator<string>) {
  c.header('Content-Disposition', `attachment; filename="latchkey-log.${format}"`)
  c.header('Content-Type', TYPES[format])
  return c.body(inLines(lines))
}

function inLines(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(`${value}\n`))
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
}
