import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Screen, terminal } from './terminal.ts'

export type TextBrowser = Awaited<ReturnType<typeof textBrowser>>

const A_MINUTE = 60_000 // a page comes in a second, but on a busy machine
const MOST_STEPS = 100 // of the Tab key: no page of ours has as many links and fields

/** What differs between them. Both go from one link or field to the next by Tab, and do what it is for by Enter. */
const PROGRAMS = {
  w3m: {
    start: 'w3m -o use_cookie=1 -o accept_cookie=1',
    /** What is asked at the foot of the screen, where a field is not typed into as it stands. */
    prompt: /^(TEXT|Password):/,
    /** What the foot of the screen says once the page is whole and a key is taken for it. */
    ready: /Viewing </,
    /** What stands between the cursor and the name of the link or button that it is on. */
    before: '',
  },
  lynx: {
    start: 'lynx -cfg=lynx.cfg',
    prompt: undefined,
    ready: /\bUse (right-arrow|UP or DOWN) /,
    before: String.raw`(.|\(BUTTON\) )`,
  },
}
/** So many lines at the foot of the screen are no part of the page. */
const FOOT = { w3m: 1, lynx: 3 }
const LYNX_CFG = 'ACCEPT_ALL_COOKIES:TRUE\nSHOW_CURSOR:TRUE\nINFOSECS:0\nMESSAGESECS:0\nALERTSECS:0\nDELAYSECS:0\n'

/** A text browser of Debian, driven as a person drives it: by what stands on the screen, and by keys. */
export async function textBrowser(program: keyof typeof PROGRAMS, address: string) {
  const { start, prompt, ready, before } = PROGRAMS[program]
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-text-'))
  mkdirSync(join(folder, '.w3m'))
  writeFileSync(join(folder, 'lynx.cfg'), LYNX_CFG)
  const { press, type, screen, end } = await terminal(folder, `cd ${folder} && ${start} ${address}`)

  /** The foot says so, and the cursor is on the page: while a screen is drawn, it wanders. */
  const isReady = ({ lines, row }: Screen) =>
    row < lines.length - FOOT[program] && ready.test(lines.slice(-FOOT[program]).join('\n'))

  /** The first ready screen of which that is true, once it stays as it is. */
  async function settled(what: string, isTrue: (screen: Screen) => boolean): Promise<Screen> {
    for (;;) {
      const shown = await until(what, (now) => isReady(now) && isTrue(now))
      await pause(15)
      const later = await screen()
      if (later.row === shown.row && later.column === shown.column && textOf(later) === textOf(shown)) return shown
    }
  }

  /** Waits for a screen of which that is true; otherwise says what is on it. */
  async function until(what: string, isTrue: (screen: Screen) => boolean): Promise<Screen> {
    const last = Date.now() + A_MINUTE
    for (;;) {
      const shown = await screen()
      if (isTrue(shown)) return shown
      if (Date.now() > last) throw new Error(`${program} does not show ${what}, but:\n${textOf(shown)}`)
      await pause(5)
    }
  }

  /** From link to field to link, as far as the one that `isMeant`; `skip` passes over so many that are. */
  async function goTo(what: string, isMeant: (screen: Screen) => boolean, skip = 0): Promise<void> {
    let shown = await settled(`where ${what} could be`, () => true)
    let left = skip
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if (isMeant(shown) && left-- === 0) return
      const { row, column } = shown
      await press('Tab')
      shown = await settled(`another place on the way to ${what}`, (now) => now.row !== row || now.column !== column)
    }
    throw new Error(`${program} does not come to ${what}:\n${textOf(shown)}`)
  }

  return {
    /** Waits until the page says that, and gives all of it. */
    sees: async (text: string): Promise<string> => textOf(await settled(text, (shown) => textOf(shown).includes(text))),

    /** Waits until the page that says that has made way for another. */
    leaves: async (text: string) =>
      void (await settled(`a page without ${text}`, (shown) => !textOf(shown).includes(text))),

    async fill(label: string, value: string) {
      await goTo(`the field ${label}`, (shown) => isField(shown) && labelOf(shown) === label)
      if (prompt) {
        const isAsked = ({ lines }: Screen) => prompt.test(lines.at(-1) ?? '')
        await press('Enter')
        await until('where to type', isAsked)
        await type(value)
        await press('Enter')
        await until('the page again', (shown) => !isAsked(shown))
      } else {
        const { row } = await screen()
        await press('C-u') // Lynx keeps what a field held on the visit before
        await type(value)
        await press('Tab') // it comes after the last letter, so wherever it leads, all of them are in
        await until(`the end of ${label}`, (shown) => isReady(shown) && shown.row !== row)
      }
    },

    async tick(label: string) {
      const unticked = await screen()
      await goTo(`the box ${label}`, (shown) => new RegExp(`^[^\\w]{0,5}${label}`).test(atCursor(shown)))
      await press('Enter')
      await until(`a tick at ${label}`, (shown) => textOf(shown) !== textOf(unticked))
    },

    /** A link or a button of that name, the first below the cursor. */
    async press(name: string, { skip = 0 } = {}) {
      const named = new RegExp(`^${before}${name}`)
      await goTo(name, (shown) => named.test(atCursor(shown)), skip)
      await press('Enter')
    },

    /** Any key, for what the two have different keys for. */
    key: press,

    end() {
      end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const textOf = ({ lines }: Screen) => lines.join('\n').trim()

const atCursor = ({ lines, row, column }: Screen) => (lines[row] ?? '').slice(column)

/** `[      ]` in w3m, with the cursor behind the bracket, and a line of underscores in Lynx. */
const isField = ({ lines, row, column }: Screen) => {
  const line = lines[row] ?? ''
  return (line[column - 1] === '[' && /^[^\]]{3,}\]/.test(line.slice(column))) || /^.?_{3}/.test(line.slice(column))
}

/** A label is the only line of one word or two above its field; a hint, which may be between them, is a sentence. */
const labelOf = ({ lines, row }: Screen) =>
  lines
    .slice(0, row)
    .reverse()
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.endsWith('.'))
