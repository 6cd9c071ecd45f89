// npm run token -- check TOKEN: tells offline whether a string is a Latchkey access token.
import { isAccessToken } from '#app/access-tokens/token.ts'

const [verb, token] = process.argv.slice(2)
if (verb !== 'check' || !token) {
  console.error('Usage: npm run token -- check TOKEN')
  process.exitCode = 2
} else if (isAccessToken(token))
  console.log('This is a Latchkey access token. Whether it still opens anything, only its server knows.')
else {
  console.log('This is not a Latchkey access token, or a letter of it is wrong.')
  process.exitCode = 1
}
