import { madeUp } from '#testing/made-up.ts'
import { speak } from '../views/words/words.ts'

// The quick server, in a language that nobody speaks.

speak(madeUp())
await import('#testing/quick-server.ts')
