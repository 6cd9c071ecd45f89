// Many test files in one process, one after the other, so that what they all import is read once. Each is a suite of its own.
import { type AsyncHook, createHook } from 'node:async_hooks'
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
  await new Promise<void>((resolve) =>
    whileHooked(() =>
      describe(file, () => {
        after(() => resolve()) // the first of its hooks, because one that fails ends them
        begin()
        for (const register of waiting) register()
      }),
    ),
  )
  clearTimeout(tooLong)
  for (const error of unheard.splice(0))
    await test(`${file} has no error that nobody hears of`, () => Promise.reject(error))
}

let hook: AsyncHook | undefined
const hooks: AsyncHook = Object.getPrototypeOf(createHook({}))
const { enable } = hooks

/**
 * The runner sees to every promise, to know the suite in which somebody registers a test, and that takes a fifth of a whole run.
 * So it does while a file registers its tests, which a suite does at once and before it awaits anything.
 */
function whileHooked(register: () => void): void {
  hooks.enable = function () {
    hook ??= this // the first is the runner's, which begins with the first suite
    return enable.call(this)
  }
  hook?.enable()
  register()
  hooks.enable = enable
  hook?.disable()
}

/** Thrown where nobody waited: the runner can't say by which test. */
const unheard: unknown[] = []
function keep(error: unknown): void {
  console.error('Nobody hears of', error)
  process.exitCode = 1
  unheard.push(error)
}
process.on('uncaughtException', keep)
process.on('unhandledRejection', keep)

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
