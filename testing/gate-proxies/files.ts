import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from './authority.ts'
import { HOSTS } from './hosts.ts'

export type Ports = { http: number; https: number; portal: number; photos: number; notes: number }
export type Prepared = { command: string[]; environment?: Record<string, string> }
/** Changes a file of deploy/ after its names and ports are replaced: for a configuration that is wrong on purpose. */
export type Spoil = (text: string, name: string) => string
type Prepare = (folder: string, ports: Ports, files: Authority['files'], spoil: Spoil) => Prepared

/** Each proxy with the files of deploy/, where names, ports, certificates and folders are replaced, and nothing else. */
export const PREPARE = { nginx, caddy, haproxy } satisfies Record<string, Prepare>
export type ProxyKind = keyof typeof PREPARE

const deployed = (name: string) => renamed(readFileSync(join('deploy', name), 'utf8'))
const renamed = (text: string) =>
  text.replaceAll('accounts.example.com', HOSTS.portal).replaceAll('photos.example.com', HOSTS.photos)

/** The second app, by the block that the first has. */
const ofNotes = (block: string, { photos, notes }: Ports) =>
  block.replaceAll(HOSTS.photos, HOSTS.notes).replaceAll(`127.0.0.1:${photos}`, `127.0.0.1:${notes}`)

function nginx(folder: string, ports: Ports, { certificate, key }: Authority['files'], spoil: Spoil): Prepared {
  const { http, https, portal, photos } = ports
  const adapted = (text: string) =>
    text
      .replaceAll(/^ *listen \[::\]:.*\n/gm, '')
      .replaceAll('listen 80;', `listen 127.0.0.1:${http};`)
      .replaceAll('listen 443 ssl', `listen 127.0.0.1:${https} ssl`)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${portal}`)
      .replaceAll('127.0.0.1:2342', `127.0.0.1:${photos}`)
      .replaceAll(/\/etc\/ssl\/\w+\/fullchain\.pem/g, certificate)
      .replaceAll(/\/etc\/ssl\/\w+\/privkey\.pem/g, key)
      .replaceAll('/etc/nginx/latchkey', folder)
      .replaceAll('/var/log/nginx', folder)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), spoil(adapted(text), name))
  const apps = adapted(deployed('gate/nginx.conf'))
  write('portal.conf', deployed('nginx.conf'))
  write('gate.conf', apps + ofNotes(apps.slice(apps.indexOf('\nserver {')), ports))
  for (const name of ['nginx-gate.conf', 'nginx-app.conf']) write(name, deployed(`gate/${name}`))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${join(folder, of)};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};
events {}
http { ${temporary.join(' ')} include ${join(folder, 'portal.conf')}; include ${join(folder, 'gate.conf')}; }
`,
  )
  return { command: ['nginx', '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')] }
}

function caddy(folder: string, ports: Ports, { certificate, key }: Authority['files'], spoil: Spoil): Prepared {
  const { http, https, portal, photos } = ports
  const certified = (text: string, site: RegExp) =>
    text.replaceAll(site, (line) => `${line}\n\ttls ${certificate} ${key}`)
  const options = `{\n\tadmin off\n\tskip_install_trust\n\thttp_port ${http}\n\thttps_port ${https}`
  const first = certified(deployed('Caddyfile').replace(/^\{$/m, options), /^\{\$SITE.*\} \{$/gm)
  const gate = certified(deployed('gate/Caddyfile'), /^(\S*photos\S*|https:\/\/) \{$/gm).replaceAll(
    '127.0.0.1:2342',
    `127.0.0.1:${photos}`,
  )
  const [block = ''] = gate.match(/^\S*photos\S* \{\n(?:\t.*\n)*\}\n/m) ?? []
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, spoil(`${first}\n${gate}\n${ofNotes(block, ports)}`, 'Caddyfile'))
  mkdirSync(join(folder, 'data'))
  return {
    command: ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'],
    environment: {
      SITE: HOSTS.portal,
      UPSTREAMS: `127.0.0.1:${portal}`,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'data'),
    },
  }
}

function haproxy(folder: string, ports: Ports, { both }: Authority['files'], spoil: Spoil): Prepared {
  const { http, https, portal, photos } = ports
  const text = deployed('gate/haproxy.cfg')
    .replace('log /dev/log local0', 'log stdout format raw local0')
    .replace('/etc/haproxy/latchkey.lua', join(folder, 'latchkey.lua'))
    .replace('/etc/haproxy/certificates/', both)
    .replace('bind :80', `bind 127.0.0.1:${http}`)
    .replace('bind :443', `bind 127.0.0.1:${https}`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${portal}`)
    .replaceAll('127.0.0.1:2342', `127.0.0.1:${photos}`)
  const route = text.match(/^ *use_backend photos.*\n/m)?.[0] ?? ''
  const block = text.match(/^backend photos\n(?: .*\n)*/m)?.[0] ?? ''
  const named = (one: string) =>
    ofNotes(one, ports).replace('photos if', 'notes if').replace('backend photos', 'backend notes')
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, spoil(`${text.replace(route, route + named(route))}\n${named(block)}`, 'haproxy.cfg'))
  writeFileSync(join(folder, 'latchkey.lua'), spoil(readFileSync('deploy/gate/latchkey.lua', 'utf8'), 'latchkey.lua'))
  return { command: ['haproxy', '-db', '-f', file] }
}
