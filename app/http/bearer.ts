/**
 * RFC 6750 section 2.1: one header, one scheme. Undefined when there is none, false when it can't be understood.
 * What a file has around its token is forgiven: blanks, and a byte order mark, which Node reads as three characters.
 */
export function bearerValue(header: string | undefined): string | undefined | false {
  if (header === undefined) return undefined
  return /^Bearer[ \t]+(?:\uFEFF|\xEF\xBB\xBF)?([\w.~+/-]+=*)[ \t]*$/i.exec(header)?.[1] ?? false // two headers arrive joined by a comma
}
