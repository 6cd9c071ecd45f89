export type RefusalReason = keyof typeof REFUSALS

/** A request that no page of ours makes. It is answered with a page that says what to do instead. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 403 | 404 | 405 | 413 | 415 | 421,
    readonly reason: RefusalReason,
  ) {
    super(reason)
  }
}

/** h1 and sentence for each. */
export const REFUSALS = {
  unknown_field: {
    title: 'That form is not ours',
    text: 'It had a field that this page does not know. Go back, reload the page and try again.',
  },
  repeated_field: {
    title: 'That form is not ours',
    text: 'It had a field twice. Go back, reload the page and try again.',
  },
  not_text: {
    title: 'That could not be read',
    text: 'The form had characters that are not text. Go back and type it again.',
  },
  not_a_form: { title: 'That could not be read', text: 'This address takes HTML forms only.' },
  not_json: { title: 'That could not be read', text: 'Send JSON, with Content-Type: application/json.' },
  not_json_text: { title: 'That could not be read', text: 'The body is not valid JSON.' },
  too_large: { title: 'That is too much', text: 'The form is far larger than anything this page asks for.' },
  bad_request: {
    title: 'That request could not be read',
    text: 'It does not follow the rules of HTTP. Open the page anew.',
  },
  other_site: {
    title: 'That came from another site',
    text: 'Forms are accepted only from our own pages, so nothing was changed. If you did this here, reload the page and try again.',
  },
  not_found: { title: 'There is no such page', text: 'The address may be old or mistyped.' },
  method_not_allowed: { title: 'That is not done here', text: 'This address does not take that kind of request.' },
  other_host: { title: 'Wrong address', text: 'This server answers at one address only.' },
} as const
