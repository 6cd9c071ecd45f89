/** Where a request came from, in words: an address, and a browser such as "Firefox on Linux". */
export type Origin = { readonly address: string; readonly browser: string }
