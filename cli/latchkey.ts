// latchkey COMMAND, or npm run latchkey -- COMMAND: what an operator does from a terminal.
import '#app/process/env-file.ts'
import { createInterface } from 'node:readline'
import { runProgram } from './command/program.ts'
import { NOUNS } from './nouns.ts'

process.stdout.on('error', () => process.exit()) // a reader that has seen enough, such as `head`
process.exitCode = await runProgram(process.argv.slice(2), NOUNS, {
  out: console.log,
  err: console.error,
  ask: process.stdin.isTTY ? ask : undefined,
})

/** On standard error, so what a program reads stays clean. */
function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve) => {
    terminal.once('close', () => resolve('')) // Ctrl+C or Ctrl+D
    terminal.question(question, (answer) => {
      resolve(answer)
      terminal.close()
    })
  })
}
