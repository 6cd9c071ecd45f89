import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Check, Said } from './check.ts'

const MB = 2 ** 20
const [WARNED, FAULT] = [1024 * MB, 100 * MB]

export const disk: Check = {
  name: 'disk',
  async look({ config }) {
    const check = 'disk'
    const folder = dirname(config.keyFile)
    if (!existsSync(folder)) return []
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    const says = `${Math.floor(free / MB)} MB are free in ${folder}`
    if (free >= WARNED) return [{ check, is: 'ok', says }]
    return [{ check, is: free < FAULT ? 'fault' : 'warning', says, todo: 'Make room, before nobody can sign in.' }]
  },
}

export const permissions: Check = {
  name: 'permissions',
  async look({ config }) {
    const check = 'permissions'
    if (process.platform === 'win32') return []
    const database = config.databaseUrl.startsWith('file:') ? [config.databaseUrl.slice('file:'.length)] : []
    const mails = config.smtpUrl === undefined ? [config.mailFolder] : []
    const open = [config.keyFile, ...database, ...mails].filter((path) => existsSync(path) && canBeReadByOthers(path))
    const said = open.map((path): Said => {
      const todo = `Run: chmod go-rwx ${path}`
      return { check, is: path === config.keyFile ? 'fault' : 'warning', says: `others can read ${path}`, todo }
    })
    return said.length > 0 ? said : [{ check, is: 'ok', says: 'nobody else can read keys and data' }]
  },
}

/** Neither can what is in a folder that others may not enter. */
const canBeReadByOthers = (path: string) =>
  (statSync(path).mode & 0o077) !== 0 && (statSync(dirname(path)).mode & 0o011) !== 0
