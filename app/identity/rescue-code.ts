/** What is hashed of an operator's code: it is worth nothing at another account. */
export const rescueCodeText = (accountId: number, code: string): string => `${accountId} ${code}`
