import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

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

  /** RFC 4226 section 5.3, over the step of RFC 6238. It isn't the server's library, so it is a second witness. */
  codeOfStep(step: number): string {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(step))
    const hash = createHmac('sha1', fromBase32(this.key)).update(counter).digest()
    const offset = hash.readUInt8(hash.length - 1) & 0x0f
    return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
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

/** RFC 4648 section 6, without padding. */
function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(text, (character) => alphabet.indexOf(character).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
