import { askingThread, startThread } from './threads.ts'

/** KiB, passes and lanes of argon2id. */
export type HashCost = { memoryCost: number; timeCost: number; parallelism: number }

export type HashQuestion = { password: string; cost: HashCost } | { password: string; stored: string }
export type HashAnswer = { hash: string } | { isRight: boolean } | { failed: string }

const SMALL = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 } // what a hash needs is outside of it

/**
 * argon2id in threads of our own, which give way to the one that answers requests: Node's own share its priority, and while as many
 * passwords are checked as there are cores, every page would wait for its share of them. At most `many` questions at a time.
 */
export function hashThreads(many: number) {
  const idle = Array.from({ length: many }, () =>
    askingThread<HashQuestion, HashAnswer>('hash thread', () => startThread('hash-thread', SMALL)),
  )

  async function ask(question: HashQuestion): Promise<HashAnswer> {
    const one = idle.pop() // the last that was used, so that one is enough while nobody else asks
    if (!one) throw new Error(`More than ${many} hashes at once.`)
    try {
      return await one(question)
    } finally {
      idle.push(one)
    }
  }

  return {
    /** A PHC string. */
    async hash(password: string, cost: HashCost): Promise<string> {
      const answer = await ask({ password, cost })
      if ('hash' in answer) return answer.hash
      throw new Error('failed' in answer ? answer.failed : 'no hash')
    },
    /** Throws if what is stored is no such string. */
    async verify(stored: string, password: string): Promise<boolean> {
      const answer = await ask({ password, stored })
      if ('isRight' in answer) return answer.isRight
      throw new Error('failed' in answer ? answer.failed : 'no answer')
    },
  }
}
