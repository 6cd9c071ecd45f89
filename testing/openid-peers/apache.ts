import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../../tools/debian.ts'
import type { TestClient } from '../openid.ts'
import { listens } from '../proxy.ts'
import { byHttp } from '../transport.ts'
import type { PeersWorld } from './world.ts'

const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'auth_openidc']
/** Where mod_auth_openidc answers by itself. */
export const AT_MODULE = '/openid'

/** Apache with a page that mod_auth_openidc keeps for people who are signed in. */
export async function startApache(
  { issuer, authority, folder }: PeersWorld,
  { name, secret }: TestClient,
  port: number,
) {
  const own = join(folder, `apache-${port}`)
  const pages = join(own, 'pages')
  const log = join(own, 'errors')
  mkdirSync(pages, { recursive: true })
  for (const each of [folder, own, pages]) chmodSync(each, 0o755) // whom Apache runs as reads them
  chmodSync(authority.replace(/\/[^/]*$/, ''), 0o755)
  chmodSync(authority, 0o644)
  writeFileSync(join(pages, 'index.html'), 'Photos')
  const settings = `
ServerRoot ${own}
PidFile ${join(own, 'pid')}
ServerName localhost
Listen 127.0.0.1:${port}
${MODULES.map((each) => `LoadModule ${each}_module /usr/lib/apache2/modules/mod_${each}.so`).join('\n')}
User www-data
Group www-data
ErrorLog ${log}
LogLevel warn
DocumentRoot ${pages}
DirectoryIndex index.html
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCCABundlePath ${authority}
OIDCClientID ${name}
OIDCClientSecret ${secret}
OIDCRedirectURI http://localhost:${port}${AT_MODULE}
OIDCScope "openid email profile groups offline_access"
OIDCPKCEMethod S256
OIDCCryptoPassphrase of-the-tests
OIDCSessionType server-cache
OIDCInfoHook access_token id_token userinfo refresh_token
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
`
  writeFileSync(join(own, 'apache.conf'), settings)
  const child = spawn(programPath('apache2') ?? 'apache2', ['-f', join(own, 'apache.conf'), '-DFOREGROUND'], {
    stdio: 'ignore',
  })
  const printed = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  await listens(child, port, printed)
  const carry = byHttp(() => port)
  const cookies = new Map<string, string>()

  return {
    url: `http://localhost:${port}`,
    printed,
    /** As the person's browser; follows nothing. */
    async opens(path: string) {
      const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ')
      const { pathname, search } = new URL(path, `http://localhost:${port}`)
      const headers = { Host: `localhost:${port}`, Cookie: cookie, Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' }
      const answer = await carry(`${pathname}${search}`, { headers }, '192.0.2.1')
      for (const line of answer.headers.getSetCookie()) {
        const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(key)
        else cookies.set(key, value)
      }
      return { status: answer.status, location: answer.headers.get('Location') ?? '', text: await answer.text() }
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      process.off('exit', kill)
    },
  }
}
