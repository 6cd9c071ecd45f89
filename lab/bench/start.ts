import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

/** Seconds from the start of the built server to its first page. `folder` holds its key file. */
export async function firstAnswer(url: string, folder: string): Promise<number> {
  const started = performance.now()
  const server = spawn(process.execPath, ['--max-semi-space-size=4', resolve('dist/server.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PORT: '0', DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  const [line] = await Promise.race([once(server.stdout, 'data'), ended])
  if (server.exitCode !== null) throw new Error('The built server did not start.')
  const { status } = await fetch(`${/http:[^\s"]+/.exec(String(line))?.[0]}/sign-in`)
  const seconds = (performance.now() - started) / 1000
  if (status !== 200) throw new Error(`The started server answered ${status}.`)
  server.kill('SIGTERM')
  await ended
  return seconds
}
