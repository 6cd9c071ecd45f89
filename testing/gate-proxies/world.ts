import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../tools/postgres.ts'
import { withApp } from '../gate.ts'
import { builtProgram } from '../programs.ts'
import { remoteProduct } from '../remote.ts'
import { startServer } from '../server-process.ts'
import { makeAuthority } from './authority.ts'
import { HOSTS } from './hosts.ts'
import { startRecorder } from './recorder.ts'

export type World = Awaited<ReturnType<typeof gateWorld>>

/** The group of both apps. */
export const FRIENDS = 'friends'
/** Of Photos: open to all, and only for a second factor of the last minute. */
export const OPEN = '/open/'
export const VAULT = '/vault/'

/** The product as one program behind whatever proxies the test starts, two apps, and who signed their certificate. */
export async function gateWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-gate-'))
  const port = await freePort()
  const remote = await remoteProduct(() => port)
  const program = await builtProgram('testing/quick-server.ts')
  const server = await startServer({ environment: { ...remote.environment, PORT: String(port) }, program })
  const photos = await startRecorder('Photos')
  const notes = await startRecorder('Notes')
  const paths = [
    { path: OPEN, level: 'public' as const, maxAge: null },
    { path: VAULT, level: 'second_factor' as const, maxAge: 60 },
  ]
  await withApp(remote.product, { name: 'photos', hosts: [HOSTS.photos], groups: [FRIENDS], paths })
  await withApp(remote.product, { name: 'notes', title: 'Notes', hosts: [HOSTS.notes], groups: [FRIENDS] })
  return {
    ...remote,
    folder,
    server,
    photos,
    notes,
    authority: makeAuthority(folder, Object.values(HOSTS)),
    behind: { portal: port, photos: photos.port, notes: notes.port },
    async end() {
      await server.stop()
      await Promise.all([photos.stop(), notes.stop(), remote.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
