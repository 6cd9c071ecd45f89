import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Larger than any page of ours, so that nothing is broken over lines and nothing has to be scrolled to. */
const SIZE = { columns: 150, rows: 150 }

/** What stands on the screen, and where the cursor is on it. */
export type Screen = { lines: string[]; row: number; column: number }

export type Terminal = Awaited<ReturnType<typeof terminal>>

/** A program at a terminal that nobody sees, under tmux. `folder` is its own: it is the home of both. */
export async function terminal(folder: string, command: string) {
  const server = ['-S', `${folder}/tmux`, '-f', '/dev/null']
  const env = { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8', TERM: 'screen' }
  const tmux = async (...command: string[]) => (await run('tmux', [...server, ...command], { env })).stdout
  const kill = () => {
    spawnSync('tmux', [...server, 'kill-server'], { env, stdio: 'ignore' })
  }
  process.once('exit', kill)
  await tmux('new-session', '-d', '-x', String(SIZE.columns), '-y', String(SIZE.rows), command)
  return {
    /** A key by the name tmux has for it. */
    press: (key: string) => tmux('send-keys', key),
    type: (text: string) => tmux('send-keys', '-l', '--', text),
    async screen(): Promise<Screen> {
      const all = await tmux('capture-pane', '-p', ';', 'display-message', '-p', '#{cursor_y} #{cursor_x}')
      const lines = all.trimEnd().split('\n')
      const [row = 0, column = 0] = (lines.pop() ?? '').split(' ').map(Number)
      return { lines, row, column }
    },
    end() {
      process.off('exit', kill)
      kill()
    },
  }
}
