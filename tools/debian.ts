// Programs that some tests need and npm doesn't have. We find them or, as root on Debian, install them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const TWO_MINUTES = 2 * 60_000
const TEN_MINUTES = 10 * 60_000

/** Debian packages that the tests need, and the program or file that each of them brings. */
export const FOR_THE_TESTS = {
  nginx: 'nginx',
  caddy: 'caddy',
  haproxy: 'haproxy',
  openssl: 'openssl',
  w3m: 'w3m',
  lynx: 'lynx',
  tmux: 'tmux',
  'fido2-tools': 'fido2-assert',
  apache2: 'apache2',
  'libapache2-mod-auth-openidc': '/usr/lib/apache2/modules/mod_auth_openidc.so',
  'python3-authlib': listOf('python3-authlib'),
  'python3-requests': listOf('python3-requests'),
  'ruby-openid-connect': listOf('ruby-openid-connect'),
  'oidc-agent-cli': 'oidc-agent',
  'golang-go': 'go',
  'golang-github-coreos-go-oidc-dev': listOf('golang-github-coreos-go-oidc-dev'),
}

/** A library brings no program; what it brought is listed here. */
function listOf(name: string): string {
  return `/var/lib/dpkg/info/${name}.list`
}

/**
 * Makes sure that the programs are there: `{ package: program }`. If some are missing and we may not install them, throws
 * a sentence that says what to install.
 */
export function bringIn(packages: Record<string, string>): void {
  const missing = Object.keys(packages).filter((name) => !programPath(packages[name] ?? name))
  if (missing.length > 0 && !installByApt(missing))
    throw new Error(`The tests need programs that are not here. Install ${missing.join(', ')}, and run them again.`)
}

/** Where the program is. Servers are in folders that only root has on its PATH. */
export function programPath(program: string): string | undefined {
  if (path.isAbsolute(program)) return existsSync(program) ? program : undefined
  return onPath([program], ['/usr/sbin', '/usr/local/sbin'])[0]
}

/** All of these names that exist, on the PATH and in the other folders. */
export function onPath(names: string[], others: string[] = []): string[] {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...others]
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).filter((file) => existsSync(file))
}

/** Only as root on Debian: a container or a machine made for tests. False anywhere else, and when it failed. */
export function installByApt(names: string[], timeout = TEN_MINUTES): boolean {
  if (!isRoot() || !succeeds('apt-get', ['--version'], TWO_MINUTES, 'ignore')) return false
  console.log(`Installing of this system: ${names.join(', ')}.`)
  const patience = [
    '-q',
    '-o',
    'Acquire::http::Timeout=20',
    '-o',
    'Acquire::Retries=1',
    '-o',
    'DPkg::Lock::Timeout=120',
  ]
  return (
    succeeds('apt-get', ['update', ...patience], timeout) &&
    succeeds('apt-get', ['install', '-y', ...patience, '--no-install-recommends', ...names], timeout)
  )
}

export function succeeds(
  command: string,
  arguments_: string[],
  timeout: number,
  stdio: 'inherit' | 'ignore' = 'inherit',
) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, arguments_, { stdio, timeout, env }).status === 0
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}
