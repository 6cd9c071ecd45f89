import { headerOf, type Request } from './wire.ts'

// Who may be let in, said a second time: by what a request has in it, and without a look at the rules of the gate.

const COOKIE = '__Host-latchkey-gate'
const CREDENTIALS = ['authorization', 'proxy-authorization']

/** Something that opens an app to its holder. `showsFactor`: they have shown a second factor. */
export type Grant = { kind: 'cookie' | 'token'; secret: string; host: string; email: string; showsFactor: boolean }

/** The apps of the run. `admin`: whether /admin/ asks for a second factor; `open`: whether /public/ is for anybody. */
export type Site = { host: string; admin: boolean; open: boolean }

export type Entitled = { isLetIn: boolean; emails: string[] }
const NOBODY: Entitled = { isLetIn: false, emails: [''] }

/** What only other proxies set. */
const FOREIGN: Record<string, RegExp> = {
  nginx: /^x-forwarded-(uri|method)$/i,
  haproxy: /^x-forwarded-(uri|method)$/i,
  caddy: /^x-original-(url|method)$/i,
  traefik: /^x-original-(url|method)$/i,
  envoy: /^x-(original-(url|method)|forwarded-(uri|method))$/i,
}

/** Generous where it is unsure which app is meant, and strict about what opens it. */
export function entitledBy(
  proxy: string,
  request: Request,
  sites: readonly Site[],
  grants: readonly Grant[],
): Entitled {
  if (request.headers.some(([name]) => FOREIGN[proxy]?.test(name))) return NOBODY
  const all = [request.target, ...request.headers.map(([, value]) => value)].join('\n').toLowerCase()
  const meant = sites.filter(({ host }) => all.includes(host))
  const paths = pathsIn(proxy, request)
  const shown = grants.filter((grant) => isShown(request, grant) && meant.some(({ host }) => host === grant.host))
  const opening = shown.filter((grant) => {
    const asksForFactor = meant.some((site) => site.host === grant.host && site.admin) && paths.some(mayBeAdmin)
    return !asksForFactor || (grant.kind === 'cookie' && grant.showsFactor)
  })
  const isOpen = meant.some(({ open }) => open) && paths.length > 0 && paths.every(isSurelyPublic)
  return { isLetIn: isOpen || opening.length > 0, emails: ['', ...shown.map(({ email }) => email)] }
}

/** One cookie of the name, whatever else is there; or a token where credentials go. */
function isShown({ headers }: Request, { kind, secret }: Grant): boolean {
  const values = (names: string[]) =>
    headers.filter(([name]) => names.includes(name.toLowerCase())).map(([, value]) => value)
  if (kind === 'token')
    return values(CREDENTIALS).some((value) =>
      [value, Buffer.from(value.replace(/^\s*basic/i, ''), 'base64').toString()].some((text) => text.includes(secret)),
    )
  const ours = values(['cookie'])
    .join(';')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.split('=')[0]?.trim() === COOKIE)
  return ours.length === 1 && ours[0]?.split('=').slice(1).join('=').trim() === secret
}

/** Whatever could be the path that is asked for. */
function pathsIn(proxy: string, { target, headers }: Request): string[] {
  if (proxy === 'envoy') return [target.replace(/^\/gate\/envoy/, '')]
  const name = proxy === 'nginx' || proxy === 'haproxy' ? 'x-original-url' : 'x-forwarded-uri'
  const values = headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
  return values.map((value) => value.trim().replace(/^[a-z]+:\/\/[^/]*/i, ''))
}

/** Bytes beyond ASCII are letters of a name, unless they are no UTF-8. */
const isSurelyPublic = (path: string) =>
  /^\/public(\/([\w~.,*:@!$&'()+=\x80-\xff-]|%20)*)*(\?.*)?$/s.test(path) && !isTricky(path)

/** Where two servers may see two paths. Of the query, nothing matters. */
const isTricky = (path: string) => {
  const [before = ''] = path.split('?')
  if (/[\p{Cc}\ufffd ]/u.test(Buffer.from(before, 'latin1').toString())) return true // no UTF-8, or no text
  return /\/\.{1,2}(\/|$)|\/\/|[\\;#]|%(2[ef35]|5c|3[bf]|[01].|7f)|%(?![0-9a-f]{2})/i.test(before)
}

const mayBeAdmin = (path: string) => isTricky(path) || /^\/admin(\/|$|\?)/i.test(path)

/** Whether a browser's navigation is what is told: nothing else may be redirected. */
export const isNavigation = (proxy: string, request: Request): boolean => {
  const named = proxy === 'nginx' || proxy === 'haproxy' ? 'x-original-method' : 'x-forwarded-method'
  const method = proxy === 'envoy' ? request.method : headerOf(request, named)
  return method === 'GET' && /navigate|text\/html/i.test(request.headers.map(([, value]) => value).join())
}
