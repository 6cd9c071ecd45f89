import { setTimeout as pause } from 'node:timers/promises'
import { builtProgram } from './programs.ts'
import { type ServerProcess, startServer } from './server-process.ts'

/** The server as one file. `end` kills all that were started. */
export async function builtServer(entry = 'app/process/server.ts') {
  const program = await builtProgram(entry)
  const started: ServerProcess[] = []
  return {
    program,
    started,
    /** Resolves when it listens; `port` is of this machine, whatever BASE_URL says. `from` is a copy of the program. */
    async start(environment: Record<string, string>, from = program): Promise<ServerProcess> {
      const server = await startServer({ environment, program: from })
      const port = await untilSaid(server, /"port":(\d+)/)
      const one = { ...server, port: Number(port) }
      started.push(one)
      return one
    },
    async end() {
      await Promise.all(started.map((one) => one.kill()))
    },
  }
}

/** What the first group of `pattern` matches in the server's output, as soon as it does; '' if the server ends first. */
export async function untilSaid({ out, child }: Pick<ServerProcess, 'out' | 'child'>, pattern: RegExp, from = 0) {
  for (;;) {
    const said = pattern.exec(out().slice(from))
    if (said) return said[1] ?? said[0]
    if (child.exitCode !== null || child.signalCode !== null) return ''
    await pause(10)
  }
}
