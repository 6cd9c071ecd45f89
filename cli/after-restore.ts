import { z } from 'zod'
import { closeAfterRestore } from '#app/account/restored.ts'
import { command, flag } from './command/command.ts'
import { opened } from './command/opened.ts'

export const afterRestore = {
  '': command({
    does: 'Closes what a restored backup would open: run it before the server starts.',
    words: z.object({}),
    options: z.object({ 'keep-passwords': flag('Let passwords be as in the backup.') }),
    async run({ options }) {
      const keepPasswords = options['keep-passwords']
      const accounts = await opened((deps) => closeAfterRestore(deps, { keepPasswords }))
      const passwords = keepPasswords
        ? 'Passwords are as in the backup.'
        : 'Passwords are closed, and each account is asked for a new one by mail as soon as the server runs.'
      return {
        said: `${accounts} ${accounts === 1 ? 'account' : 'accounts'}: signed out everywhere, access tokens frozen, recovery codes spent. Each makes new ones at the next sign-in. ${passwords}`,
        data: { accounts, keepPasswords },
      }
    },
  }),
}
