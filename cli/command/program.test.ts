import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { command, flag, option, Refused, repeated, word } from './command.ts'
import { type Nouns, type Output, runProgram } from './program.ts'

const greet = command({
  does: 'Greets a person.',
  words: z.object({
    NAME: word(z.string(), 'Who is greeted.'),
    PLACE: word(z.string().optional(), 'Where.'),
  }),
  options: z.object({
    loud: flag('In capitals.'),
    times: option(z.string().regex(/^\d+$/, '--times must be a number.').transform(Number), {
      value: 'N',
      means: 'How often.',
    }),
  }),
  run({ words: { NAME, PLACE }, options: { loud, times = 1 } }, { tell }) {
    if (NAME === 'nobody') throw new Refused('Nobody is not greeted.')
    if (NAME === 'fault') throw new TypeError('x is not a function')
    for (let time = 1; time < times; time++) tell('Hello')
    const said = `Hello ${NAME}${PLACE ? ` in ${PLACE}` : ''}`
    return { said: loud ? said.toUpperCase() : said, data: { name: NAME, times } }
  },
})

let left: string[] = []
const leave = command({
  does: 'Leaves a person.',
  words: z.object({ NAME: word(z.string(), 'Who is left.') }),
  options: z.object({}),
  asks: true,
  async run({ words: { NAME } }, { confirm }) {
    if (!(await confirm(`Leave ${NAME}?`, NAME))) throw new Refused('Nobody was left.')
    left.push(NAME)
    return { said: `Left ${NAME}`, data: { name: NAME } }
  },
})

let loaded: string[] = []
const NOUNS: Nouns = {
  person: async () => {
    loaded.push('person')
    return { greet, leave }
  },
  wave: async () => {
    loaded.push('wave')
    return {
      '': command({
        does: 'Waves.',
        words: z.object({}),
        options: z.object({}),
        run: () => ({ said: 'Waved.', data: {} }),
      }),
    }
  },
}

const latchkey = (...typed: string[]) => latchkeyWith(undefined, typed)

async function latchkeyWith(ask: Output['ask'], typed: string[]) {
  const said = { out: '', err: '' }
  const code = await runProgram(typed, NOUNS, {
    out: (text) => (said.out += `${text}\n`),
    err: (text) => (said.err += `${text}\n`),
    ask,
  })
  return { code, ...said }
}

describe('latchkey on the command line', () => {
  test('runs a command with its words and options, in any order', async () => {
    const done = { code: 0, out: 'Hello\nHELLO ADA IN THE GARDEN\n', err: '' }
    assert.deepEqual(await latchkey('person', 'greet', 'Ada', 'the garden', '--loud', '--times', '2'), done)
    assert.deepEqual(await latchkey('person', 'greet', '--times=2', 'Ada', '--loud', 'the garden'), done)
    assert.deepEqual(await latchkey('wave'), { code: 0, out: 'Waved.\n', err: '' })
    assert.equal((await latchkey('person', 'greet', '--', '--json')).out, 'Hello --json\n')
  })

  test('takes an id for an id, though one in sixty-four begins as an option does', async () => {
    for (const id of ['-9rAPeFBBfRNPzqe', '--rAPeFBBfRNPzqe'])
      for (const typed of [
        ['person', 'greet', id, '--loud'],
        ['person', 'greet', '--loud', id],
      ])
        assert.deepEqual(await latchkey(...typed), { code: 0, out: `HELLO ${id.toUpperCase()}\n`, err: '' })
    assert.match((await latchkey('person', 'greet', '-9rAPe')).err, /^There is no option -9/)
    assert.match((await latchkey('wave', '-9rAPeFBBfRNPzqe')).err, /^-9rAPeFBBfRNPzqe is one word too many/)
  })

  test('takes some options several times, in their order, and any other once', async () => {
    const call = command({
      does: 'Calls people.',
      words: z.object({}),
      options: z.object({
        name: repeated(z.string().min(2, 'A name has two letters.'), { value: 'NAME', means: 'Who.' }),
      }),
      run: ({ options: { name } }) => ({ said: `${name.length}: ${name.join(', ')}`, data: { name } }),
    })
    const typed = async (...args: string[]) => {
      const said: string[] = []
      const output = { out: (text: string) => said.push(text), err: (text: string) => said.push(text), ask: undefined }
      return [await runProgram(['call', ...args], { call: async () => ({ '': call }) }, output), ...said]
    }
    assert.deepEqual(await typed('--name', 'Ada', '--name=Bob'), [0, '2: Ada, Bob'])
    assert.deepEqual(await typed(), [0, '0: '])
    assert.deepEqual(await typed('--name', 'Ada', '--name', 'B'), [2, 'A name has two letters.'])
    assert.equal((await typed('--name', 'Ada', '--name'))[0], 2)
    assert.match(String((await typed('--help'))[1]), /\[--name NAME …\]/)
  })

  test('answers in JSON alone with --json, refusals too', async () => {
    const { code, out, err } = await latchkey('person', 'greet', 'Ada', '--times', '3', '--json')
    assert.deepEqual([code, JSON.parse(out), err], [0, { name: 'Ada', times: 3 }, ''])
    const refused = await latchkey('person', 'greet', 'nobody', '--json')
    assert.deepEqual([refused.code, refused.out, JSON.parse(refused.err)], [1, '', { error: 'Nobody is not greeted.' }])
  })

  test('ends with 1 and a sentence when a command refuses or fails, and never prints a stack', async () => {
    assert.deepEqual(await latchkey('person', 'greet', 'nobody'), { code: 1, out: '', err: 'Nobody is not greeted.\n' })
    assert.deepEqual(await latchkey('person', 'greet', 'fault'), {
      code: 1,
      out: '',
      err: 'Latchkey failed: x is not a function\n',
    })
  })

  const USAGE = 'Usage: latchkey person greet NAME [PLACE] [--loud] [--times N]\n'
  for (const [typed, says] of [
    ['dance', 'There is no command dance. "latchkey help" lists them.\n'],
    ['constructor', 'There is no command constructor. "latchkey help" lists them.\n'],
    ['person', 'Say what to do: person greet, person leave.\n'],
    ['person dance', 'There is no command person dance: person greet, person leave.\n'],
    ['person toString', 'There is no command person toString: person greet, person leave.\n'],
    ['person greet', `NAME is missing. ${USAGE}`],
    ['person greet Ada home now', `now is one word too many. ${USAGE}`],
    ['wave Ada', 'Ada is one word too many. Usage: latchkey wave\n'],
    ['person greet Ada --quiet', `There is no option --quiet. ${USAGE}`],
    ['person greet Ada -l', `There is no option -l. ${USAGE}`],
    ['person greet Ada --loud=yes', `--loud takes no value. ${USAGE}`],
    ['person greet Ada --times', `--times needs a value. ${USAGE}`],
    ['person greet Ada --times= --loud', `--times needs a value. ${USAGE}`],
    ['person greet Ada --loud --loud', `--loud is there twice. ${USAGE}`],
    ['person greet Ada --times many', '--times must be a number.\n'],
    ['person greet Ada --yes', `There is no option --yes. ${USAGE}`],
    ['help dance', 'There is no command dance. "latchkey help" lists them.\n'],
  ] as const)
    test(`ends with 2 and says what is wrong with "${typed}"`, async () => {
      assert.deepEqual(await latchkey(...typed.split(' ')), { code: 2, out: '', err: says })
    })

  test('asks before something is lost, and goes on only when the answer is typed', async () => {
    left = []
    for (const [answer, code] of [
      ['Ada', 0],
      [' Ada ', 0],
      ['yes', 1],
      ['ada', 1],
      ['', 1],
    ] as const) {
      const asked: string[] = []
      const ask = async (question: string) => {
        asked.push(question)
        return answer
      }
      assert.equal((await latchkeyWith(ask, ['person', 'leave', 'Ada'])).code, code, answer)
      assert.deepEqual(asked, ['Leave Ada?\nType Ada to go on: '])
    }
    assert.deepEqual(left, ['Ada', 'Ada'])
  })

  test('refuses where there is no terminal to ask on, unless --yes is there', async () => {
    left = []
    assert.deepEqual(await latchkey('person', 'leave', 'Ada'), {
      code: 1,
      out: '',
      err: 'Nothing was done. There is no terminal to ask on: add --yes if you are sure.\n',
    })
    assert.deepEqual(left, [])
    assert.deepEqual(await latchkey('person', 'leave', 'Ada', '--yes'), { code: 0, out: 'Left Ada\n', err: '' })
    assert.match((await latchkey('help', 'person', 'leave')).out, /^ {2}--yes {3}Don't ask\.$/m)
  })

  test('lists every command, and says more about one', async () => {
    const list = await latchkey('help')
    assert.match(
      list.out,
      /^ {2}person greet {2}Greets a person\.\n {2}person leave {2}Leaves a person\.\n {2}wave {10}Waves\.$/m,
    )
    assert.equal((await latchkey('--help')).out, list.out)
    assert.deepEqual(await latchkey(), { code: 2, out: '', err: list.out })
    const about = await latchkey('help', 'person', 'greet')
    assert.match(about.out, /^Greets a person\.\n\nlatchkey person greet NAME \[PLACE\]/)
    assert.match(about.out, /^ {2}--times N {2}How often\.$/m)
    assert.equal((await latchkey('person', 'greet', '--help')).out, about.out)
  })

  test('loads only the command that is typed', async () => {
    loaded = []
    await latchkey('wave')
    assert.deepEqual(loaded, ['wave'])
  })
})
