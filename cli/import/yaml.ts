import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { Refused } from '../command/command.ts'
import type { TextFile } from './text-file.ts'

/** One of the values in a map or a list: where it stands, its key in the map, and a field that is in it twice. */
export type Entry = { at: string; key: string; value: unknown; twice: string | undefined }

/**
 * What the file has under a field of its outermost map; undefined where there is no such map or list. `Refused` where it is no
 * YAML. The parser's own words would quote the file, and with it its secrets.
 */
export function yamlEntries({ name, text }: TextFile, field: string): Entry[] | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // looked for in each entry, so that one of them is refused and not the file
    merge: true,
    logLevel: 'silent',
  })
  const at = (offset: number) => `${name}:${lines.linePos(offset).line}`
  const [error] = document.errors
  if (error) throw new Refused(`${at(error.pos[0])} isn't YAML (${error.code}). Nothing was done.`)
  const found = isMap(document.contents) ? document.contents.get(field, true) : undefined
  if (!isMap(found) && !isSeq(found)) return undefined
  return found.items.map((item: unknown) => {
    const [key, value] = isPair(item) ? [item.key, item.value] : [undefined, item]
    const place = isNode(key) ? key : value
    return {
      at: at((isNode(place) ? place.range?.[0] : undefined) ?? 0),
      key: isScalar(key) ? (key.source ?? String(key.value)) : '', // as it is written: a person may be called 007, or no
      value: isNode(value) ? plain(value, document) : undefined,
      twice: isMap(value) ? keyTwice(value.items.map((pair) => String(pair.key))) : undefined,
    }
  })
}

/** Undefined for what refers to itself or to far too much. */
function plain(value: Node, document: Document.Parsed): unknown {
  try {
    return value.toJS(document)
  } catch {
    return undefined
  }
}

const keyTwice = (keys: string[]) => keys.find((key, index) => keys.indexOf(key) < index)
