import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import type { AnyContext, AppEnv } from './env.ts'
import { headerOf } from './header.ts'

export type Assets = ReturnType<typeof loadAssets>

const FOREVER = 'public, max-age=31536000, immutable' // the name changes with the content
const A_DAY = 'public, max-age=86400'
/** A file loads nothing at all. */
const POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const loaded = new Map<string, Assets>()

/** Reads the folder once, at the start: hashed names for the pages, and every file compressed beforehand. */
export function assetsIn(folder: URL): Assets {
  const assets = loaded.get(folder.href) ?? loadAssets(folder)
  loaded.set(folder.href, assets)
  return assets
}

function loadAssets(folder: URL) {
  const asset = (name: string, type: string) => compressed(folder, name, type)
  const stylesheet = asset('latchkey.css', 'text/css; charset=utf-8')
  const script = asset('enhance.js', 'text/javascript; charset=utf-8')
  const passkeyScript = asset('passkey.js', 'text/javascript; charset=utf-8')
  const icon = asset('favicon.svg', 'image/svg+xml')
  const routes = new Hono<AppEnv>()
  for (const file of [stylesheet, script, passkeyScript, icon]) routes.get(file.path, (c) => send(c, file, FOREVER))
  // Browsers ask for these two by name, no matter what the page says.
  for (const file of [asset('favicon.ico', 'image/x-icon'), icon])
    routes.get(`/${file.name}`, (c) => send(c, file, A_DAY))
  const style = lean(String(readFileSync(new URL('elsewhere.css', folder))), 'text/css').trim()
  /** For pages of another host: it is in them, and the policy lets in only what has this hash (CSP 3 section 2.3.1). */
  const elsewhere = { style, source: `sha256-${createHash('sha256').update(style).digest('base64')}` }
  const names = {
    stylesheet: stylesheet.path,
    script: script.path,
    passkeyScript: passkeyScript.path,
    icon: icon.path,
  }
  return { elsewhere, names, routes }
}

type File = ReturnType<typeof compressed>

function compressed(folder: URL, name: string, type: string) {
  const written = readFileSync(new URL(name, folder))
  const content = type.startsWith('text/') ? Buffer.from(lean(String(written), type)) : written
  const [stem, ending] = name.split('.')
  return {
    name,
    type,
    path: `/assets/${stem}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}.${ending}`,
    content,
    br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    gzip: gzipSync(content, { level: 9 }),
  }
}

/** What a browser doesn't need: comments, indentation, and most blanks in styles. Half a kilobyte of each first visit. */
const lean = (text: string, type: string) =>
  type.startsWith('text/css')
    ? text.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\s*([{};,])\s*|(:)\s+/g, '$1$2')
    : text.replaceAll(/^\s*(\/\/.*\n\s*)*/gm, '')

function send(c: AnyContext, file: File, cacheControl: string) {
  const accepted = headerOf(c, 'accept-encoding') ?? ''
  const encoding = (['br', 'gzip'] as const).find((name) => new RegExp(`\\b${name}\\b`).test(accepted))
  c.header('Content-Type', file.type)
  c.header('Cache-Control', cacheControl)
  c.header('Vary', 'Accept-Encoding')
  c.header('Content-Security-Policy', POLICY)
  if (encoding) c.header('Content-Encoding', encoding)
  return c.body(new Uint8Array(encoding ? file[encoding] : file.content))
}
