// The thread as it runs without a build: it reads TypeScript only after this.
import { register } from 'tsx/esm/api'

register()
await import('./guesses-thread.ts')
