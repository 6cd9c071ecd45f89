import type { Stranger } from './as-a-stranger.ts'

/**
 * `asks`: the gate itself has to answer, and about the very URL that was asked for. `refuses`: a proxy that takes it for no request is
 * as good.
 */
export type Probe = Stranger & { wants: 'asks' | 'refuses' }

const PAGE = { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' }
const DOCUMENTS = 'latchkey-doctor.invalid'

/** By what each of them finds. `path` and `host` are of the URL to be looked at. */
export const probesFor = (host: string, path: string): Record<string, Probe[]> => {
  const elsewhere = `${path.endsWith('/') ? path : `${path}/`}latchkey-doctor`
  const asked = (headers: Record<string, string>): Probe => ({
    target: path,
    headers: { ...PAGE, ...headers },
    wants: 'asks',
  })
  return {
    'forged headers': [
      ...['Remote-User', 'Remote_User', 'Remote.User', 'REMOTE-USER', 'X-Forwarded-User', 'X-Remote-User'].map((name) =>
        asked({ [name]: 'latchkey-doctor' }),
      ),
      asked({ 'X-Original-URL': `https://${host}${elsewhere}` }),
      asked({ 'X-Original-URL': `https://${host}${elsewhere}`, 'X-Original-Method': 'OPTIONS' }),
      asked({ 'X-Rewrite-URL': elsewhere }),
      asked({ 'X-Forwarded-Uri': elsewhere }),
      asked({ 'X-Forwarded-Uri': elsewhere, 'X-Forwarded-Host': DOCUMENTS }),
      asked({ 'X-Forwarded-Host': DOCUMENTS, 'X-Forwarded-Proto': 'http', 'X-Forwarded-Port': '80' }),
      asked({ 'X-Forwarded-Method': 'OPTIONS', 'X-Forwarded-Prefix': elsewhere }),
      asked({ Forwarded: `host=${DOCUMENTS};proto=http` }),
      asked({ Cookie: '__Host-latchkey-gate=00000000000000000000000000000000' }),
      asked({ Authorization: 'Bearer latchkey-doctor' }),
      asked({ Authorization: 'Basic bGF0Y2hrZXk6ZG9jdG9y' }),
    ],
    'kinds of request': [
      {
        target: path,
        method: 'OPTIONS',
        wants: 'asks',
        headers: { Origin: `https://${DOCUMENTS}`, 'Access-Control-Request-Method': 'POST' },
      },
      ...['HEAD', 'POST', 'PUT', 'DELETE', 'PROPFIND'].map(
        (method): Probe => ({ target: path, method, wants: 'asks' }),
      ),
      { target: path, wants: 'asks', headers: { Range: 'bytes=0-0' } },
      { target: path, wants: 'asks', headers: handshake('websocket') },
      { target: path, wants: 'asks', headers: handshake('h2c') },
    ],
    'paths that are often left open': [
      ...['/favicon.ico', '/robots.txt', '/index.html', '/logo.png', '/style.css', '/app.js', '/static/x', '/assets/x'],
      ...['/api/', '/ws', '/socket.io/', '/health', '/.well-known/x', '/login', '/?latchkey_code=x'],
    ].map((target): Probe => ({ target, wants: 'asks' })),
    'odd paths': [
      ...[
        `/${path}`,
        `/x/..${path}`,
        `/x/%2e%2e${path}`,
        `/x/..;${path}`,
        `/x/..%2f${path.slice(1)}`,
        `${path}%00`,
        `${path};x`,
      ],
      ...[`${path}?x=/../`, `${path}%3f`, `/.${path}`, `${path}%2e%2e/`, `//${DOCUMENTS}${path}`],
    ].map((target): Probe => ({ target, wants: 'refuses' })),
    hosts: [host.toUpperCase(), `${host}.`, `${host}:443`, DOCUMENTS, 'localhost', '127.0.0.1'].map(
      (named): Probe => ({ target: path, host: named, wants: 'refuses' }),
    ),
  }
}

const handshake = (to: string) => ({
  Connection: to === 'h2c' ? 'Upgrade, HTTP2-Settings' : 'Upgrade',
  Upgrade: to,
  ...(to === 'h2c'
    ? { 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' }
    : { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }),
})

/** What a proxy asks Latchkey: in its hand alone. */
export const checkProbes: Stranger[] = ['nginx', 'caddy', 'traefik', 'haproxy', 'envoy', 'envoy/x'].map((name) => ({
  target: `/gate/${name}`,
  headers: { Accept: 'text/html' },
}))
