// As much of CBOR (RFC 8949) as authenticators write.

export type Cbor = number | string | Uint8Array | Cbor[] | Map<number | string, Cbor>

export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, of]) => [cbor(key), cbor(of)])])
}

function head(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.from([type | argument])
  if (argument < 0x100) return Buffer.from([type | 24, argument])
  const wide = Buffer.alloc(argument < 0x10000 ? 3 : 5)
  wide[0] = type | (wide.length === 3 ? 25 : 26)
  wide.writeUIntBE(argument, 1, wide.length - 1)
  return wide
}
