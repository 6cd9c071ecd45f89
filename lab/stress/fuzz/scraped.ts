export type Field = { name: string; value: string; type: string }
/** `buttons` are those that send it, each with its name if it has one. `action` is a path. */
export type Form = { action: string; fields: Field[]; buttons: Field[] }

/** The forms on a page of ours that POST. */
export function formsIn(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, attributes = '', content = '']) => {
    const { method, action } = attributesIn(attributes)
    if (method !== 'post' || !action) return []
    const controls = [...content.matchAll(/<(input|button|select|textarea)\b([^>]*)>/g)].map(
      ([, tag = '', text = '']) => {
        const { name = '', value = '', type = tag } = attributesIn(text)
        return { name, value, type: tag === 'button' ? (type === 'button' ? 'none' : 'button') : type }
      },
    )
    return [
      {
        action,
        fields: controls.filter(({ name, type }) => name !== '' && type !== 'button' && type !== 'none'),
        buttons: controls.filter(({ name, type }) => name !== '' && type === 'button'),
      },
    ]
  })
}

/** Where else a page leads, as paths with their query. */
export const linksIn = (html: string): string[] =>
  [...html.matchAll(/<a\b([^>]*)>/g)].flatMap(([, text = '']) => {
    const { href = '' } = attributesIn(text)
    return href.startsWith('/') ? [href] : []
  })

/** What looks like the id of a row (lib/tokens.ts, newId), in HTML or JSON. Some words do too, which does no harm. */
export const idsIn = (text: string): string[] =>
  (text.match(/(?<=["/=-])(?=[\w-]*[A-Z0-9])[\w-]{16}(?:[\w-]{8})?(?=["/&])/g) ?? []).slice(0, 30)

function attributesIn(text: string): Partial<Record<string, string>> {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)])
  return Object.fromEntries(pairs)
}

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
