// pngjs comes without types; this is the one call the QR reader makes.
declare module 'pngjs' {
  export const PNG: { sync: { read(file: Buffer): { data: Buffer; width: number; height: number } } }
}
