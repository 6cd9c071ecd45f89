// The product's own server, which tells on SIGUSR2 how much memory it uses once what is garbage is gone.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import '../../app/server.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

process.on('SIGUSR2', () => {
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  console.log(JSON.stringify({ level: 'info', msg: 'memory', rss, heapUsed }))
})
