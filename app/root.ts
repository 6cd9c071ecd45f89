/** The folder of package.json. This file and the built dist/server.js lie one below it. */
export const projectRoot = new URL('..', import.meta.url)
