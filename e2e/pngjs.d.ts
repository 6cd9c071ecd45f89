// pngjs has no types. This is the one call that the QR reader makes.
declare module 'pngjs' {
  export const PNG: { sync: { read(file: Buffer): { data: Buffer; width: number; height: number } } }
}
