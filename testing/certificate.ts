import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A certificate only for tests, and the authority that signed it, which nobody trusts unless told to. It is for localhost,
 * 127.0.0.1, ::1, latchkey.test and accounts.example.com, from 2020 to 9999: a machine that has just been set up can't make one.
 */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQugAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5MYXRjaGtl
eSB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA85OTk5MTIzMDAwMDAwMFowGTEXMBUG
A1UEAwwOTGF0Y2hrZXkgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATk
d3YZ4HS8Z7WcQ9tM6vBZYJsUgPzcXERiRw7FIW4Y3n6wicknv/8yk9Tcbddek92g
EGfz1gGf3gNOo/8QTctto0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQE
AwIBBjAdBgNVHQ4EFgQURvfgUC49iZOctEq3cnoiOlMccBcwCgYIKoZIzj0EAwID
RwAwRAIgcwVsacd9JaSBffnZhaI5kY8mNKWq3azd48GsLRRDO38CIE3A5AbkZaVI
FS9Fg9+wpgIsaoQq9BAUNs9viLMiaLdo
-----END CERTIFICATE-----
`

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIB2TCCAX6gAwIBAgIBAjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5MYXRjaGtl
eSB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA85OTk5MTIzMDAwMDAwMFowFDESMBAG
A1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwGhXbvrv
xi0Wdp4C2PrPiaobu1aqo3r9zbAmNg/KISE8sF0i/uT7ue+oVTcQDI+a1L84RKIy
emQnsuUhCsYSmKOBuTCBtjAMBgNVHRMBAf8EAjAAMFEGA1UdEQRKMEiCCWxvY2Fs
aG9zdIINbGF0Y2hrZXkudGVzdIIUYWNjb3VudHMuZXhhbXBsZS5jb22HBH8AAAGH
EAAAAAAAAAAAAAAAAAAAAAEwEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYE
FH0h5Snkf/izWLe4/1NpRWTIGk5zMB8GA1UdIwQYMBaAFEb34FAuPYmTnLRKt3J6
IjpTHHAXMAoGCCqGSM49BAMCA0kAMEYCIQCVLpeCzibV0pzg1dgUuGhDNQQENj3V
9/SZMbvzPwEhegIhAM6e/5WF0FjPGJncgKxV3UsScgdxjVO+9JtJ8uOh57BK
-----END CERTIFICATE-----
`

export const CERTIFICATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgStyhT5ANqkBPMjyT
l1WbCB3SR2di7HgGgcUdqtG7Y5+hRANCAATAaFdu+u/GLRZ2ngLY+s+Jqhu7Vqqj
ev3NsCY2D8ohITywXSL+5Pu576hVNxAMj5rUvzhEojJ6ZCey5SEKxhKY
-----END PRIVATE KEY-----
`

/** The three as files, for programs that read files. */
export function certificateFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'))
  const write = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
  return {
    authority: write('authority.pem', AUTHORITY),
    certificate: write('certificate.pem', CERTIFICATE),
    key: write('key.pem', CERTIFICATE_KEY),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
