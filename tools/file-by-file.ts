// Many test files in one process, one after the other, so that what they all import is read once. Each is a suite of its own.
import { after, describe, test } from 'node:test'

type Begin = () => void
let isBroken = false
let isOver = false
// A file that ends the process must not make it look as if the files after it had passed.
process.once('exit', (code) => {
  if (!isOver && code === 0) process.exitCode = 1
})
const told = new Map<string, { begin: Begin; waiting: (() => unknown)[] }>()

/**
 * What a file's top level calls in the place of `node:test`: it waits for the file's turn. Then `begin` is called, and the file
 * has `node:test` itself.
 */
export function waitingFor(file: string, begin: Begin) {
  const waiting: (() => unknown)[] = []
  told.set(file, { begin, waiting })
  return <Args extends unknown[]>(register: (...args: Args) => unknown) =>
    (...args: Args) =>
      void waiting.push(() => register(...args))
}

/** Resolves when its last test has ended. A file that can't be loaded is a failed test. */
export async function run(file: string, load: () => Promise<unknown>): Promise<void> {
  try {
    await load()
  } catch (error) {
    await test(`${file} can be loaded`, () => Promise.reject(error))
    isBroken = true
    return
  }
  const { begin = () => {}, waiting = [] } = told.get(file) ?? {}
  const tooLong = setTimeout(() => console.error(`${file} is not at its end. ${whatIsOpen()}`), LONGEST)
  await new Promise<void>((resolve) => {
    describe(file, () => {
      after(() => resolve()) // the first of its hooks, because one that fails ends them
      begin()
      for (const register of waiting) register()
    })
  })
  clearTimeout(tooLong)
}

const whatIsOpen = () => `Open: ${process.getActiveResourcesInfo().join(', ')}`

const LONGEST = 8 * 60_000 // milliseconds; whoever runs the program ends it some minutes later
const PATIENCE = 20_000 // milliseconds; what closes by itself has closed by then

/** After the last file: what one has left open is named, and holds nobody up. */
export function end(): void {
  isOver = true
  const leave = () => {
    console.error(`After the last test. ${whatIsOpen()}`)
    process.exit(isBroken ? 1 : undefined)
  }
  setTimeout(leave, PATIENCE).unref()
}
