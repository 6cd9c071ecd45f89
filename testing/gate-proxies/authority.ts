import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Authority = ReturnType<typeof makeAuthority>

/** A certificate authority of this test's own, and a certificate of it for these names, valid for a day. */
export function makeAuthority(folder: string, names: readonly string[]) {
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const configuration = at('openssl.cnf')
  writeFileSync(
    configuration,
    `[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[site]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = ${names.map((name) => `DNS:${name}`).join(', ')}
`,
  )
  const common = ['-config', configuration]
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'authority.key', '-out', 'authority.pem', '-days', '1'],
    ...['-subj', '/CN=Latchkey gate tests', '-extensions', 'authority', ...common],
  )
  openssl('req', ...newKey, '-keyout', 'site.key', '-out', 'site.csr', '-subj', '/CN=gate', ...common)
  openssl(
    ...['x509', '-req', '-in', 'site.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key', '-set_serial', '2'],
    ...['-days', '1', '-extfile', configuration, '-extensions', 'site', '-out', 'site.pem'],
  )
  const authority = readFileSync(at('authority.pem'), 'utf8')
  const key = readFileSync(at('site.key'), 'utf8')
  const certificate = readFileSync(at('site.pem'), 'utf8')
  writeFileSync(at('both.pem'), certificate + key, { mode: 0o600 })
  return {
    /** What a client has to trust. */
    authority,
    files: {
      authority: at('authority.pem'),
      certificate: at('site.pem'),
      key: at('site.key'),
      /** Both in one, as HAProxy reads it. */
      both: at('both.pem'),
    },
  }
}
