/**
 * Where a request came from: its address, the name its browser or program gives itself, and the system it says it runs on. What has
 * no address or name of its own has a word in its place, which no request can choose.
 */
export type Origin = { readonly address: string; readonly browser: string; readonly system: string | null }

/** In the place of a browser: a request that names none we know, one that names nothing, and no request at all. */
export const NAMELESS = ['unknown_browser', 'unknown_program', 'backup'] as const
