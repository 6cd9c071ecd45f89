import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Larger than any page of ours, so no line breaks and nothing needs scrolling. */
const SIZE = { columns: 150, rows: 150 }

/** What is on the screen, and where the cursor is. */
export type Screen = { lines: string[]; row: number; column: number }

export type Terminal = Awaited<ReturnType<typeof terminal>>

/** A program at an invisible terminal, under tmux. `folder` is its own, and the home of both. */
export async function terminal(folder: string, command: string) {
  const server = ['-S', `${folder}/tmux`, '-f', '/dev/null']
  const env = { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8', TERM: 'screen' }
  const kill = () => {
    spawnSync('tmux', [...server, 'kill-server'], { env, stdio: 'ignore' })
  }
  process.once('exit', kill)
  // One tmux takes every command, in control mode, because a process per key would take most of the time.
  const tmux = spawn('tmux', [...server, '-C', 'new-session', command], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: tmux.stdout })[Symbol.asyncIterator]()

  /** Each command gets its answer between two lines, in order. News about the screen comes between the answers. */
  async function nextAnswer(): Promise<string[]> {
    const lines: string[] = []
    let isAnswer = false
    for (;;) {
      const { value: line = '', done } = await answers.next()
      if (done) throw new Error(`“${command}” has ended.`)
      if (/^%error \d/.test(line)) throw new Error(`tmux: ${lines.join(' ')}`)
      if (/^%end \d/.test(line)) return lines
      if (isAnswer) lines.push(line)
      if (/^%begin \d/.test(line)) isAnswer = true
    }
  }
  const tell = (line: string) => {
    tmux.stdin.write(`${line}\n`)
    return nextAnswer()
  }
  await nextAnswer()
  await tell(`refresh-client -C ${SIZE.columns},${SIZE.rows}`)
  return {
    /** A key by the name tmux has for it. */
    press: (key: string) => tell(`send-keys ${key}`),
    type: (text: string) => tell(`send-keys -l -- '${text.replaceAll("'", String.raw`'\''`)}'`),
    async screen(): Promise<Screen> {
      const lines = await tell(`capture-pane -p ; display-message -p '#{cursor_y} #{cursor_x}'`)
      const [row = 0, column = 0] = ((await nextAnswer())[0] ?? '').split(' ').map(Number)
      return { lines, row, column }
    },
    end() {
      process.off('exit', kill)
      kill()
    },
  }
}
