// A thread as it runs without a build: it reads TypeScript only after this.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(`./${workerData}.ts`)
