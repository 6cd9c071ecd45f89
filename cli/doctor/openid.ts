import { openidStore } from '#db/stores/openid.ts'
import type { Check } from './check.ts'

const WANTED = 22 // of Node, by oidc-provider, which says "Unsupported runtime" on an older one

/** Whether the OpenID library supports this Node. Where no client exists, it is never loaded. */
export const openid = (node: string): Check => ({
  name: 'openid',
  async look({ database }) {
    if (!database || !(await openidStore(database).hasClients())) return []
    const check = 'openid'
    if (Number.parseInt(node, 10) >= WANTED) return [{ check, is: 'ok', says: `Node.js ${node} is recent enough` }]
    const says = `apps sign people in here, and their library does not support Node.js ${node}`
    return [{ check, is: 'warning', says, todo: `Run Latchkey on Node.js ${WANTED} or newer.` }]
  },
})
