export const AUTHENTICATORS_AT_MOST = 10 // per account
