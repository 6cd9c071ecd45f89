/** Where something came from. In the place of a name or an address there may be a word, as in the tables below. */
export type Origin = { address: string; browser: string; system: string | null }

const nameless = new Map([
  ['unknown_browser', 'Unknown browser'],
  ['unknown_program', 'Unknown program'],
  ['backup', 'Restored from a backup'],
])

const placeless = new Map([
  ['unknown', 'unknown'],
  ['server', 'the server'],
])

export const origins = {
  /** "Firefox on Linux", or the name alone. */
  browser: ({ browser, system }: Pick<Origin, 'browser' | 'system'>): string => {
    const name = nameless.get(browser) ?? browser
    return system ? `${name} on ${system}` : name
  },
  address: (address: string): string => placeless.get(address) ?? address,
}
