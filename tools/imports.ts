import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What a file imports: paths from the project's root for our own, names for packages. */
export const importsOf = (file: string): string[] => namesIn(readFileSync(file, 'utf8'), file)

/** Whether the file imports one of these, directly or through others. Imports of types don't count. */
export function reaches(file: string, wanted: (name: string) => boolean, seen = new Set<string>()): boolean {
  if (seen.has(file) || !existsSync(file)) return false // a test may hold sources as texts, with names of no file
  seen.add(file)
  const source = readFileSync(file, 'utf8').replaceAll(/^(?:import|export) type [^;]*? from '[^']+'$/gm, '')
  return namesIn(source, file).some(
    (name) =>
      wanted(name) || (/^(app|db|views|cli|testing|tools|lab)\/.*\.tsx?$/.test(name) && reaches(name, wanted, seen)),
  )
}

export const namesIn = (source: string, file: string) =>
  [...source.matchAll(/(?:from|import)\s*\(?\s*'([\w@#./-]+)'/g)].map(([, name = '']) => {
    if (name.startsWith('#')) return name.slice(1)
    return name.startsWith('.') ? relative('.', join(dirname(file), name)) : name
  })
