import type { AnyContext } from './env.ts'
import { Refusal } from './refusals.ts'

const BODY_LIMIT = 64 * 1024 // bytes; the largest body here is under two kilobytes

/** The body of a request as text, or a `Refusal`: too large, or not UTF-8. */
export async function readText(c: AnyContext): Promise<string> {
  if (Number(c.req.header('Content-Length') ?? 0) > BODY_LIMIT) throw new Refusal(413, 'too_large')
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of c.req.raw.body ?? []) {
      length += chunk.length
      if (length > BODY_LIMIT) break // a chunked body tells no length beforehand
      chunks.push(chunk)
    }
  } catch {
    throw new Refusal(400, 'bad_request') // the client went away in the middle: no fault of ours
  }
  if (length > BODY_LIMIT) throw new Refusal(413, 'too_large')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new Refusal(400, 'not_text')
  }
}
