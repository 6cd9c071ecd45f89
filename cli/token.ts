import { z } from 'zod'
import { isAccessToken } from '#app/access-tokens/token.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { listTokens, revokeToken, tokenById } from '#app/operators/tokens.ts'
import { NO_SUCH_ACCOUNT } from './account.ts'
import { command, option, Refused, word } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

const day = (at: Date | null): string => at?.toISOString().slice(0, 10) ?? 'never'
const NO_SUCH_TOKEN = 'There is no access token with that id: latchkey token list shows them.'

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

  list: command({
    does: 'Lists access tokens, a hundred at a time, without their values.',
    words: z.object({}),
    options: z.object({
      account: option(z.string(), { value: 'EMAIL', means: 'Those of one account, by its address or username.' }),
      after: option(z.string(), { value: 'ID', means: 'Go on after this token.' }),
    }),
    async run({ options }) {
      const page = await opened((deps) => listTokens(deps, options))
      if (!page.ok) throw new Refused(NO_SUCH_ACCOUNT)
      const rows = page.tokens.map((each) => [
        ...[each.id, each.email, each.description, each.scopes, day(each.createdAt), day(each.expiresAt)],
        day(each.lastUsedAt),
      ])
      const more = page.next ? `\n\nMore: --after ${page.next}` : ''
      const list = table(['ID', 'ACCOUNT', 'DESCRIPTION', 'SCOPES', 'MADE', 'ENDS', 'LAST USED'], rows)
      const { tokens, next } = page
      return { said: rows.length > 0 ? `${list}${more}` : 'None.', data: { tokens, next } }
    },
  }),

  revoke: command({
    does: 'Removes an access token. Its owner is told by mail.',
    words: z.object({ ID: word(z.string(), 'The id that token list shows.') }),
    options: z.object({ reason: reasonOption() }),
    asks: true,
    run: ({ words: { ID }, options: { reason = null } }, { confirm }) =>
      opened(async (deps) => {
        const token = await tokenById(deps, ID)
        if (!token) throw new Refused(`${NO_SUCH_TOKEN} Nothing was changed.`)
        if (!(await confirm(`Remove “${token.description}” of ${token.email}?`)))
          throw new Refused('Nothing was changed.')
        const by = { operatorId: null, reason, origin: COMMAND_LINE }
        if (!(await revokeToken(deps, ID, by))) throw new Refused(`${NO_SUCH_TOKEN} Nothing was changed.`)
        return {
          said: `“${token.description}” of ${token.email} opens nothing any longer.`,
          data: { id: ID, email: token.email },
        }
      }),
  }),
}
