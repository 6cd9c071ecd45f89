// The product as tests run it: everything real but the clock and the network. Not part of what is built.
export * from './testing/authenticator.ts'
export * from './testing/browser.ts'
export * from './testing/log.ts'
export * from './testing/names.ts'
export * from './testing/product.ts'
export * from './testing/stories.ts'
export * from './testing/tables.ts'
