import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Screen, terminal } from './terminal.ts'

export type TextBrowser = Awaited<ReturnType<typeof textBrowser>>

const A_MINUTE = 60_000 // a page takes a second, except on a busy machine
const MOST_STEPS = 100 // of the Tab key: no page of ours has this many links and fields

/** What differs between them. In both, Tab goes to the next link or field, and Enter does what it is for. */
const PROGRAMS = {
  w3m: {
    start: 'w3m -o use_cookie=1 -o accept_cookie=1',
    /** What the foot of the screen asks, if a field isn't typed into directly. */
    prompt: /^(TEXT|Password):/,
    /** What the foot of the screen says once the page is complete and takes keys. */
    ready: /Viewing </,
    /** What is between the cursor and the name of its link or button. */
    before: '',
  },
  lynx: {
    start: 'lynx -cfg=lynx.cfg',
    prompt: undefined,
    ready: /\bUse (right-arrow|UP or DOWN) /,
    before: String.raw`(.|\(BUTTON\) )`,
  },
}
/** This many lines at the foot of the screen aren't part of the page. */
const FOOT = { w3m: 1, lynx: 3 }
const LYNX_CFG = 'ACCEPT_ALL_COOKIES:TRUE\nSHOW_CURSOR:TRUE\nINFOSECS:0\nMESSAGESECS:0\nALERTSECS:0\nDELAYSECS:0\n'

/** A text browser from Debian, used the way a person does: by what is on the screen, and by keys. */
export async function textBrowser(program: keyof typeof PROGRAMS, address: string) {
  const { start, prompt, ready, before } = PROGRAMS[program]
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-text-'))
  mkdirSync(join(folder, '.w3m'))
  writeFileSync(join(folder, 'lynx.cfg'), LYNX_CFG)
  const { press, type, screen, end } = await terminal(folder, `cd ${folder} && ${start} ${address}`)

  /** The foot says so, and the cursor is on the page. While a screen is drawn, it wanders. */
  const isReady = ({ lines, row }: Screen) =>
    row < lines.length - FOOT[program] && ready.test(lines.slice(-FOOT[program]).join('\n'))

  /** The first ready screen for which that is true, once it stays the same. */
  async function settled(what: string, isTrue: (screen: Screen) => boolean): Promise<Screen> {
    for (;;) {
      const shown = await until(what, (now) => isReady(now) && isTrue(now))
      await pause(15)
      const later = await screen()
      if (later.row === shown.row && later.column === shown.column && textOf(later) === textOf(shown)) return shown
    }
  }

  /** Waits for a screen for which that is true, or else says what is on it. */
  async function until(what: string, isTrue: (screen: Screen) => boolean): Promise<Screen> {
    const last = Date.now() + A_MINUTE
    for (;;) {
      const shown = await screen()
      if (isTrue(shown)) return shown
      if (Date.now() > last) throw new Error(`${program} does not show ${what}, but:\n${textOf(shown)}`)
      await pause(5)
    }
  }

  /** From link to field to link, up to the one that `isMeant`. `skip` passes over this many of those. */
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
    /** Waits until the page says that, and returns all of it. */
    sees: async (text: string): Promise<string> => textOf(await settled(text, (shown) => textOf(shown).includes(text))),

    /** Waits until another page replaces the one that says that. */
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
        await press('C-u') // Lynx keeps what a field held on the previous visit
        await type(value)
        await press('Tab') // it comes after the last letter, so all of them are in
        await until(`the end of ${label}`, (shown) => isReady(shown) && shown.row !== row)
      }
    },

    async tick(label: string) {
      const unticked = await screen()
      await goTo(`the box ${label}`, (shown) => new RegExp(`^[^\\w]{0,5}${label}`).test(atCursor(shown)))
      await press('Enter')
      await until(`a tick at ${label}`, (shown) => textOf(shown) !== textOf(unticked))
    },

    /** The first link or button with that name below the cursor. */
    async press(name: string, { skip = 0 } = {}) {
      const named = new RegExp(`^${before}${name}`)
      await goTo(name, (shown) => named.test(atCursor(shown)), skip)
      await press('Enter')
    },

    /** Any key, for actions whose keys differ between the two. */
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
