const LONGEST = 4000 // characters: the way to an app behind the gate carries its URL, and all has to fit in a header

/** Our path to go to after sign-in, or `/`. Drops anything that resolves to another origin or to no page. */
export function returnPath(wanted: string | undefined, baseUrl: string): string {
  if (!wanted || wanted.length > LONGEST || !URL.canParse(wanted, baseUrl)) return '/'
  const { origin, pathname, search } = new URL(wanted, baseUrl)
  // `/\evil` and `//evil` resolve to another origin; `/.//evil` resolves to ours and to a path that begins with two slashes.
  return origin === baseUrl && wanted.startsWith('/') && !pathname.startsWith('//') ? pathname + search : '/'
}
