/** The folder of package.json. This file and the built dist/server.js are one level below. */
export const projectRoot = new URL('..', import.meta.url)
