import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { cookie } from './requests.ts'
import type { Subject } from './subject.ts'

const FOR_ANYBODY = ['/sign-in', '/sign-up']
const SIGNED_IN = ['/', '/settings/account', '/settings/tokens', '/settings/sessions', '/settings/activity']

/** What a first visit to each page costs on the wire, in bytes: heads and bodies of the page and everything it needs. */
export async function weights({ people, ports }: Subject): Promise<Record<string, number>> {
  const visitor = cookie(people.sessions[0] ?? '')
    .trim()
    .slice('Cookie: '.length)
  const weighed: Record<string, number> = {}
  for (const [path, header] of [
    ...FOR_ANYBODY.map((path) => [path, '']),
    ...SIGNED_IN.map((path) => [path, visitor]),
  ]) {
    const page = await received(ports.product, path ?? '', header ?? '')
    const plain = await received(ports.product, path ?? '', header ?? '', 'identity') // to read what it needs
    const parts = [...plain.text.matchAll(/<(?:link[^>]*rel="(?:icon|stylesheet)"[^>]*|script[^>]*)>/g)].flatMap(
      ([tag]) => /(?:href|src)="([^"]+)"/.exec(tag)?.[1] ?? [],
    )
    const others = await Promise.all(parts.map((part) => received(ports.product, part, '')))
    if (others.length < 3) throw new Error(`${path} has no style sheet, script or icon.`)
    weighed[path ?? ''] = [page, ...others].reduce((sum, { bytes }) => sum + bytes, 0)
  }
  return weighed
}

/** The way a browser asks, unless told otherwise. */
async function received(port: number, path: string, header: string, encodings = 'gzip, deflate, br, zstd') {
  const headers = { cookie: header, 'accept-encoding': encodings }
  const request = get({ host: 'localhost', port, path, agent: false, headers })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  response.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}.`)
  return { text, bytes: response.socket.bytesRead }
}
