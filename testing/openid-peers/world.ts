import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { freePort } from '../../tools/postgres.ts'
import { browser, type From } from '../browser.ts'
import { CERTIFICATE, CERTIFICATE_KEY, certificateFiles } from '../certificate.ts'
import { BASE_URL } from '../names.ts'
import type { Latchkey } from '../product.ts'
import { builtProgram } from '../programs.ts'
import { remoteProduct } from '../remote.ts'
import { startServer } from '../server-process.ts'
import { byHttp, type Transport } from '../transport.ts'

export type PeersWorld = Awaited<ReturnType<typeof peersWorld>>

/** The product as one program at an https address of this machine, for apps that are programs of their own. `folder` is for them. */
export async function peersWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-peers-'))
  const files = certificateFiles()
  const port = await freePort()
  const front = await tlsBefore(port)
  const remote = await remoteProduct(() => port)
  const program = await builtProgram('testing/quick-server.ts')
  const environment = { ...remote.environment, BASE_URL: front.url, PORT: String(port) }
  const server = await startServer({ environment, program })
  const carry = atAddress(
    front.url,
    byHttp(() => port),
  )
  const product: Latchkey = { ...remote.product, carry, browser: (of: From = {}) => browser(carry, of) }
  return {
    issuer: front.url,
    product,
    folder,
    /** Who signed its certificate. */
    authority: files.authority,
    async end() {
      await server.stop()
      front.stop()
      await remote.close()
      files.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the tests say of BASE_URL is said of the address that the server really has. */
const atAddress =
  (url: string, carry: Transport): Transport =>
  (path, init, address) => {
    const headers = new Headers(init.headers)
    headers.set('Host', new URL(url).host)
    if (headers.get('Origin') === BASE_URL) headers.set('Origin', url)
    return carry(path, { ...init, headers }, address)
  }

async function tlsBefore(port: number) {
  const server = createServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, (from) => {
    const to = connect(port, '127.0.0.1')
    from.pipe(to).pipe(from)
    from.on('error', () => to.destroy())
    to.on('error', () => from.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    stop: () => server.close(),
  }
}
