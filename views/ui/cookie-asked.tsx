import type { FormState } from './types.ts'

/** For a form that leads to a session, on a page that asked the browser to keep a cookie. A refused form repeats its value. */
export const CookieAsked = ({ form }: { form: FormState }) =>
  form.values === undefined || 'cookie' in form.values ? <input type="hidden" name="cookie" value="asked" /> : null
