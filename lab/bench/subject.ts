import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeBase64 } from '@oslojs/encoding'
import { KEY, type Order, type People, type Ports, type Questions } from './protocol.ts'

export type Subject = Awaited<ReturnType<typeof makeSubject>>

/** A filled database, and the product running on it. `folder` is for its files. */
export async function makeSubject({ url, folder, order }: { url: string; folder: string; order: Order }) {
  // Where the whole program looks for it: beside the SQLite file, or else in data/ of the folder it starts in.
  for (const place of [folder, join(folder, 'data')]) {
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'latchkey.keys'), `${KEY.id}:${encodeBase64(KEY.key)}\n`, { mode: 0o600 })
  }

  const began = performance.now()
  const filling = fork('dist/bench-populate.js', { env: { ...process.env, DATABASE_URL: url } })
  filling.send(order)
  const people = (await messageOf(filling)) as People
  const seconds = (performance.now() - began) / 1000

  const child = fork('dist/bench-server.js', {
    execArgv: ['--max-semi-space-size=4'], // as `npm start` has it
    env: { ...process.env, DATABASE_URL: url },
  })
  const ports = (await messageOf(child)) as Ports
  return {
    ...order,
    url,
    folder,
    people,
    ports,
    filledIn: seconds,
    bytes: url.startsWith('file:') ? statSync(url.slice('file:'.length)).size : undefined,
    async ask<Ask extends keyof Questions>(ask: Ask, amount?: number): Promise<Questions[Ask]['answer']> {
      child.send({ ask, amount })
      return (await messageOf(child)) as Questions[Ask]['answer']
    },
    async stop() {
      child.send({ ask: 'stop' })
      await once(child, 'exit')
    },
  }
}

async function messageOf(child: ChildProcess) {
  const ended = new AbortController()
  const message = once(child, 'message', { signal: ended.signal }).then(([content]) => content as unknown)
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`A process of the benchmark ended with ${code}.`)
  })
  return await Promise.race([message, exit]).finally(() => {
    ended.abort()
    message.catch(() => {})
    exit.catch(() => {})
  })
}
