import { ask, type Check, whyNot } from './check.ts'

const WARNED = 5_000 // milliseconds: an HTTP date has whole seconds, and takes a while
const FAULT = 25_000 // codes change every 30 seconds, and the neighbors of the present one count

export const clock: Check = {
  name: 'clock',
  async look({ clockUrl }) {
    const check = 'clock'
    if (clockUrl === undefined)
      return [{ check, is: 'ok', says: 'not compared', todo: 'Name a server whose time is right with --clock URL.' }]
    const began = Date.now()
    let date: string | null
    try {
      date = (await ask(clockUrl, { method: 'HEAD' })).headers.get('date')
    } catch (error) {
      return [{ check, is: 'warning', says: `${clockUrl}: ${whyNot(error)}`, todo: 'Name another server.' }]
    }
    const theirs = Date.parse(date ?? '')
    if (Number.isNaN(theirs))
      return [{ check, is: 'warning', says: `${clockUrl} sends no Date`, todo: 'Name another server.' }]
    const off = Math.round((began + Date.now()) / 2 - (theirs + 500))
    const says = `${Math.abs(off / 1000).toFixed(1)} seconds ${off < 0 ? 'behind' : 'ahead of'} ${new URL(clockUrl).host}`
    if (Math.abs(off) < WARNED) return [{ check, is: 'ok', says }]
    return [{ check, is: Math.abs(off) < FAULT ? 'warning' : 'fault', says, todo: 'Run NTP on this machine.' }]
  },
}
