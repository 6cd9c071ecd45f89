import { type ResourceLimits, Worker } from 'node:worker_threads'

/** What we need of a worker thread that answers each question with one message. */
export type Thread = Pick<Worker, 'postMessage' | 'on' | 'ref' | 'unref'>

/**
 * A thread that gets one question at a time. It starts at the first. If it dies, another takes its place and is asked once more.
 * `what` it is called in an error. It keeps the process alive while somebody waits for the answer, and no longer.
 */
export function askingThread<Question, Answer>(what: string, start: () => Thread) {
  let thread: Thread | undefined
  let asked: { resolve(answer: Answer): void; reject(reason: Error): void } | undefined

  function running(): Thread {
    if (thread) return thread
    const started = start()
    const ended = (reason: unknown) => {
      if (thread !== started) return
      thread = undefined
      asked?.reject(reason instanceof Error ? reason : new Error(`The ${what} ended with ${reason}.`))
    }
    started.on('message', (answer: Answer) => asked?.resolve(answer))
    started.on('error', ended).on('exit', ended)
    thread = started
    return started
  }

  async function ask(question: Question): Promise<Answer> {
    const one = running()
    one.ref()
    try {
      return await new Promise<Answer>((resolve, reject) => {
        asked = { resolve, reject }
        one.postMessage(question)
      })
    } finally {
      asked = undefined
      one.unref()
    }
  }

  return (question: Question): Promise<Answer> => ask(question).catch(() => ask(question))
}

/** One that is beside this file; in dist/ the built one. */
export function startThread(name: string, resourceLimits: ResourceLimits): Thread {
  const [file, options] = import.meta.url.endsWith('.ts')
    ? ['thread-from-sources.js', { workerData: name }]
    : [`${name}.js`, {}]
  return new Worker(new URL(file, import.meta.url), { resourceLimits, ...options })
}
