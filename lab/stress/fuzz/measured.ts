// On SIGUSR2 a server says how much memory it uses after a garbage collection.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

process.on('SIGUSR2', () => {
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  console.log(JSON.stringify({ level: 'info', msg: 'memory', rss, heapUsed }))
})
