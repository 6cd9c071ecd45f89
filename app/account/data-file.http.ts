import type { AnyContext } from '../http/env.ts'

/** The data as a file to keep, sent as it is read: the log may be long. Its name has nothing that a person typed. */
export function sendDataFile(
  c: AnyContext,
  { baseUrl }: { baseUrl: string },
  { madeAt, pieces }: { madeAt: Date; pieces: AsyncGenerator<string> },
) {
  const name = `latchkey-data-${new URL(baseUrl).hostname}-${madeAt.toISOString().slice(0, 10)}.json`
  c.header('Content-Disposition', `attachment; filename="${name}"`)
  c.header('Content-Type', 'application/json; charset=utf-8')
  return c.body(streamOf(pieces))
}

/** Reads on as fast as the other side does, and stops when it is gone. */
function streamOf(pieces: AsyncGenerator<string>) {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}
