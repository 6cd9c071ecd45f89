// A Content-Type in any spelling that RFC 9110 allows (sections 5.6.6 and 8.3.1), and with blanks around `=`.

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+"
const PARAMETER = `;[ \\t]*(?:(${TOKEN})[ \\t]*=[ \\t]*(${TOKEN}|"(?:[^"\\\\]|\\\\.)*")[ \\t]*)?`
const PARAMETERS = new RegExp(PARAMETER, 'g')
const WHOLE = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})[ \\t]*((?:${PARAMETER})*)$`)
const LONGEST = 256 // characters; nobody needs half as many

/** Whether a body claims that type, and no charset but UTF-8. Other parameters don't matter here. */
export function isText(wanted: string, header: string | undefined): boolean {
  if (header === undefined || header.length > LONGEST) return false
  const [, type, parameters = ''] = WHOLE.exec(header) ?? []
  if (type?.toLowerCase() !== wanted) return false
  const charsets = [...parameters.matchAll(PARAMETERS)].flatMap(([, name, value = '']) =>
    name?.toLowerCase() === 'charset' ? [unquoted(value)] : [],
  )
  return charsets.length <= 1 && charsets.every((charset) => /^utf-?8$/i.test(charset))
}

const unquoted = (value: string) => (value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value)
