/** Equal for names that differ in capitals or in how their letters are encoded: for searching. */
export const folded = (text: string): string => text.normalize('NFKC').toLowerCase()
