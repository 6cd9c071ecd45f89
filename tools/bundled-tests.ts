import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { SOURCES, THREADS } from './build.ts'

const FOLDER = 'dist/tests'
const RUNNER = 'tools/file-by-file.ts'
/** Starts threads that lie beside it: one that reads TypeScript first takes half a second. */
const STARTER = resolve('app/lib/threads.ts')

/**
 * Makes plain JavaScript of test files, in which what they share is one file: their processes start in a third of the time that
 * TypeScript takes to be read file by file.
 */
export async function bundleTests(files: string[]): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true })
  await build({
    ...SOURCES,
    entryPoints: [
      ...[...files, RUNNER].map((file) => ({ in: file, out: file.replace(SUFFIX, '') })),
      ...Object.values(THREADS).map((name) => ({ in: `app/lib/${name}.ts`, out: name })),
    ],
    outdir: FOLDER,
    splitting: true,
    sourcemap: true,
    sourcesContent: false,
    plugins: [atTheirPlace, inTheirTurn],
  })
}

/** For each group of test files a program that runs them, for `node --test`, which begins them by the order of their names. */
export function programs(groups: string[][]): string[] {
  return groups.map((files, at) => {
    const [first = '', ...others] = files.map(bundled)
    const path = first.replaceAll('/', '.')
    const more = others.length > 0 ? `-and-${others.length}-more.js` : '.js'
    const name = `${String(at + 1).padStart(2, '0')}.${path.replace(/\.js$/, more)}`
    const runs = files.map((file) => `await run('${file}', () => import('./${bundled(file)}'))\n`)
    writeFileSync(join(FOLDER, name), `import { end, run } from './${bundled(RUNNER)}'\n${runs.join('')}end()\n`)
    return join(FOLDER, name)
  })
}

const SUFFIX = /\.tsx?$/
const bundled = (file: string) => file.replace(SUFFIX, '.js')

/** What a source reads or starts is beside the source, wherever the bundle lies. */
const atTheirPlace: Plugin = {
  name: 'at their place',
  setup({ onLoad }) {
    onLoad({ filter: /\.tsx?$/, namespace: 'file' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll(
          'import.meta.url',
          JSON.stringify(pathToFileURL(path === STARTER ? resolve(FOLDER, 'threads.js') : path).href),
        )
        .replaceAll('import.meta.filename', JSON.stringify(path))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    }))
  },
}

/** Each test file has a `node:test` of its own, whose top level is the file and not the process. */
const inTheirTurn: Plugin = {
  name: 'in their turn',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:test$/ }, ({ importer, namespace }) =>
      namespace === 'file' && /\.test\.tsx?$/.test(importer)
        ? { path: relative('.', importer), namespace: 'turn' }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'turn' }, ({ path }) => ({
      contents: `
        import * as runner from 'node:test'
        import { waitingFor } from './${RUNNER}'
        const later = waitingFor('${path}', () => { ({ ${NAMES} } = runner) })
        let [${NAMES}] = [${NAMES.map((name) => `later(runner.${name})`)}]
        export { ${NAMES} }`,
      resolveDir: resolve('.'),
    }))
  },
}

const NAMES = ['after', 'afterEach', 'before', 'beforeEach', 'describe', 'test']
