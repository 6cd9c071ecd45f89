import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { SOURCES } from './build.ts'

const FOLDER = 'dist/tests'

/**
 * Makes plain JavaScript of test files, in which what they share is one file: each of their processes starts in a third of the
 * time that TypeScript takes to be read file by file.
 */
export async function bundleTests(files: string[]): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true })
  await build({
    ...SOURCES,
    entryPoints: files,
    outbase: '.',
    outdir: FOLDER,
    splitting: true,
    sourcemap: true,
    sourcesContent: false,
    plugins: [atTheirPlace],
  })
}

/** Where the bundle has a test file. */
export const bundled = (file: string): string => join(FOLDER, file.replace(/\.tsx?$/, '.js'))

/** What a source reads or starts is beside the source, wherever the bundle lies. */
const atTheirPlace: Plugin = {
  name: 'at their place',
  setup({ onLoad }) {
    onLoad({ filter: /\.tsx?$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.filename', JSON.stringify(path))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    }))
  },
}
