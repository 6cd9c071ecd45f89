import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '#testing/authenticator.ts'

const STEP = 30_000 // milliseconds: RFC 6238 section 4, X = 30 seconds
const CLOSE_TO_THE_EDGE = 2_500 // milliseconds a form may take from here to the server's clock, on a busy machine

/**
 * An authenticator app that knows one key, and uses it faster than a person could. The server takes the codes of the previous,
 * this and the next step, each only if it is newer than the last one. That makes three uses without a wait.
 */
export class Authenticator {
  readonly key: string
  #lastStep = 0

  constructor(key: string) {
    this.key = key
  }

  /** The oldest code that the server still takes and hasn't seen. Waits for the next step if all three are used. */
  async nextCode(): Promise<string> {
    let step = this.#nextStep()
    while (step > currentStep() + 1 || closesSoon(step)) {
      await sleep(leftOfThisStep())
      step = this.#nextStep()
    }
    this.#lastStep = step
    return this.codeOfStep(step)
  }

  #nextStep(): number {
    return Math.max(this.#lastStep + 1, currentStep() - 1)
  }

  /** The code of the step this many steps from now, without counting it as used. */
  codeFromNow(steps: number): string {
    return this.codeOfStep(currentStep() + steps)
  }

  /** Six digits that aren't a code of this key within five minutes. */
  wrongCode(): string {
    const near = new Set(Array.from({ length: 21 }, (_, index) => this.codeFromNow(index - 10)))
    for (let guess = 0; ; guess++) {
      const code = String(guess).padStart(6, '0')
      if (!near.has(code)) return code
    }
  }

  codeOfStep(step: number): string {
    return codeOf(this.key, new Date(step * STEP))
  }
}

function currentStep(): number {
  return Math.floor(Date.now() / STEP)
}

function leftOfThisStep(): number {
  return STEP - (Date.now() % STEP)
}

/** The previous step is refused as soon as this one ends. */
function closesSoon(step: number): boolean {
  return step === currentStep() - 1 && leftOfThisStep() < CLOSE_TO_THE_EDGE
}
