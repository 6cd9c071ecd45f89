import type { AnyContext } from './env.ts'
import { headerOf } from './header.ts'
import { Refusal } from './refusals.ts'

const BODY_LIMIT = 64 * 1024 // bytes; the largest body here is under two kilobytes

/** The body of a request as text, or a `Refusal`: too large, or not UTF-8. */
export async function readText(c: AnyContext): Promise<string> {
  const told = headerOf(c, 'content-length')
  if (Number(told ?? 0) > BODY_LIMIT) throw new Refusal(413, 'too_large')
  let body: ArrayBuffer | Uint8Array
  try {
    // Node takes no more than the announced length. A stream costs as much as the rest of the request, and only chunks need one.
    body = told === undefined ? await readChunks(c) : await c.req.raw.arrayBuffer()
  } catch {
    throw new Refusal(400, 'bad_request') // the client went away in the middle, which isn't our fault
  }
  if (body.byteLength > BODY_LIMIT) throw new Refusal(413, 'too_large')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Refusal(400, 'not_text')
  }
}

/** A body without a length, until it is too large. */
async function readChunks(c: AnyContext): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length
    chunks.push(chunk)
    if (length > BODY_LIMIT) break
  }
  return Buffer.concat(chunks)
}
