import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type RoundRobin = Awaited<ReturnType<typeof roundRobin>>

/**
 * A proxy on this machine that gives each connection to the next of `servers`, or to the one after if nobody listens. `taken`
 * counts each one's connections.
 */
export async function roundRobin(servers: number[]) {
  const ports = [...servers]
  const sockets = new Set<Socket>()
  const taken = new Map(ports.map((port) => [port, 0]))
  let next = 0

  function hand(client: Socket, triesLeft: number) {
    const port = ports[next++ % ports.length] ?? 0
    const server = connect(port, '127.0.0.1')
    sockets.add(server)
    server.once('connect', () => {
      taken.set(port, (taken.get(port) ?? 0) + 1)
      client.pipe(server).pipe(client)
    })
    server.once('error', () => (server.connecting && triesLeft > 0 ? hand(client, triesLeft - 1) : client.destroy()))
    server.once('close', () => {
      sockets.delete(server)
      if (!server.pending) client.destroySoon()
    })
    client.once('close', () => server.destroy())
  }

  const proxy = createServer((client) => {
    sockets.add(client)
    client.on('error', () => {}) // a client that is gone
    client.once('close', () => sockets.delete(client))
    hand(client, ports.length - 1)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    taken,
    /** The way a proxy treats a server that says it isn't ready. */
    takeOut(port: number) {
      ports.splice(ports.indexOf(port), 1)
    },
    close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}
