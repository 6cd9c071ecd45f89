const LONGEST = 512 // characters: longer ones would not fit in a header for certain

/** A path of ours to go to after sign-in, or `/`. Whatever resolves to another origin, or to no page, is dropped. */
export function returnPath(wanted: string | undefined, baseUrl: string): string {
  if (!wanted || wanted.length > LONGEST || !URL.canParse(wanted, baseUrl)) return '/'
  const { origin, pathname, search } = new URL(wanted, baseUrl)
  // `/\evil` and `//evil` resolve to another origin; `/.//evil` resolves to ours and to a path that begins with two slashes.
  return origin === baseUrl && wanted.startsWith('/') && !pathname.startsWith('//') ? pathname + search : '/'
}
