import fc from 'fast-check'

const SURROGATES = { first: 0xd800, many: 0x800 }
const LAST = 0x10ffff

/** Any character: what fast-check calls `binary`. That one makes a list of all first, which takes seconds. */
export const character: fc.Arbitrary<string> = fc.nat({ max: LAST - SURROGATES.many }).map(
  (index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.many),
  (text) => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined
    if (point === undefined || text !== String.fromCodePoint(point)) throw new Error('It is not one character.')
    return point < SURROGATES.first ? point : point - SURROGATES.many
  },
)
