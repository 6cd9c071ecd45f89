import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { makeKnownPasswords } from '#app/lib/known-passwords.ts'

/** Threads, by the source that starts them. */
export const THREADS = { 'app/lib/guesses.ts': 'guesses-thread', 'app/lib/hash-threads.ts': 'hash-thread' }
/** Reads a list that lies beside the program. */
const KNOWN = 'app/lib/known-passwords.ts'
/** How our sources become JavaScript that Node runs. */
export const SOURCES = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  logLevel: 'warning',
} satisfies BuildOptions

const OPTIONS: BuildOptions = { ...SOURCES, minifySyntax: true }

/** With the packages inside, but for the native ones. Those that are no modules call for `require`. */
const WHOLE: BuildOptions = {
  packages: 'bundle',
  external: ['better-sqlite3', '@node-rs/argon2', 'pg-native'],
  banner: { js: "const require = process.getBuiltinModule('module').createRequire(process.argv[1]);" },
}

/** Loaded when the first app signs somebody in. As one file, it takes half the time and half the memory that its two hundred take. */
const OPENID = { name: 'oidc-provider', file: 'openid-library.js' }
const openidBeside: Plugin = {
  name: 'openid-beside',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^${OPENID.name}$`) }, () => ({ path: `./${OPENID.file}`, external: true }))
  },
}

/**
 * Bundles a program into one file in dist/, which starts in a fraction of the time that many TypeScript files take.
 * node_modules stays as installed, because native parts can't be bundled. What the program reads later goes beside it.
 * A `whole` one, which tests start many times, has most packages inside, and starts in two thirds of that time.
 * Resolves to the sources that it is made of.
 */
export async function bundle(entry: string, outfile: string, { whole = false } = {}): Promise<string[]> {
  const options = whole ? { ...OPTIONS, ...WHOLE } : OPTIONS
  const plugins = [openidBeside]
  const { metafile } = await build({ ...options, entryPoints: [entry], outfile, metafile: true, plugins })
  const folder = dirname(outfile)
  const sources = Object.keys(metafile.inputs)
  for (const [starter, name] of Object.entries(THREADS))
    if (starter in metafile.inputs) sources.push(...(await thread(name, folder)))
  if (KNOWN in metafile.inputs) putWhole(join(folder, 'known-passwords.txt'), makeKnownPasswords())
  const { imports } = Object.values(metafile.outputs)[0] ?? { imports: [] }
  if (imports.some(({ path }) => path.endsWith(OPENID.file))) sources.push(...(await openidLibrary(folder)))
  return sources
}

function openidLibrary(folder: string) {
  const names = { minifySyntax: false, minifyWhitespace: true } // it asks its classes what they are called
  return beside({ ...WHOLE, ...names, entryPoints: [OPENID.name] }, join(folder, OPENID.file))
}

const thread = (name: string, folder: string) =>
  beside({ entryPoints: [`app/lib/${name}.ts`] }, join(folder, `${name}.js`))

/** What a program reads later, which another one may be reading. */
async function beside(of: BuildOptions, file: string): Promise<string[]> {
  const { outputFiles, metafile } = await build({ ...OPTIONS, ...of, write: false, metafile: true })
  for (const { contents } of outputFiles) putWhole(file, contents)
  return Object.keys(metafile.inputs)
}

/** A program that starts meanwhile reads the old file or the new one, never half of one. */
function putWhole(file: string, contents: string | Uint8Array) {
  const unfinished = `${file}.${randomUUID()}`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(unfinished, contents)
  renameSync(unfinished, file)
}

/** What an operator runs. The second is for places without tsx, such as a container. */
const PROGRAMS = {
  'app/process/server.ts': 'server',
  'cli/latchkey.ts': 'latchkey',
}

if (import.meta.filename === process.argv[1])
  for (const [entry, name] of Object.entries(PROGRAMS)) await bundle(entry, `dist/${name}.js`)
