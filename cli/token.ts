import { z } from 'zod'
import { isAccessToken } from '#app/access-tokens/token.ts'
import { command, Refused, word } from './command.ts'

export const token = {
  check: command({
    does: 'Tells offline whether a text is a Latchkey access token.',
    words: z.object({ TOKEN: word(z.string(), 'The text to check.') }),
    options: z.object({}),
    run({ words }) {
      if (!isAccessToken(words.TOKEN))
        throw new Refused('This is not a Latchkey access token, or a letter of it is wrong.')
      const said = 'This is a Latchkey access token. Whether it still opens anything, only its server knows.'
      return { said, data: { isAccessToken: true } }
    },
  }),
}
