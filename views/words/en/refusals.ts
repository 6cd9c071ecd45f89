const notOurs = "That form isn't ours"
const unreadable = "We couldn't read that"

/** Heading and sentence for a request that none of our pages makes. */
export const refusals = {
  unknown_field: {
    title: notOurs,
    text: "It had a field this page doesn't know. Go back, reload the page and try again.",
  },
  repeated_field: { title: notOurs, text: 'It had a field twice. Go back, reload the page and try again.' },
  not_text: { title: unreadable, text: "The form had characters that aren't text. Go back and type it again." },
  not_a_form: { title: unreadable, text: 'This address takes HTML forms only.' },
  not_json: { title: unreadable, text: 'Send JSON, with Content-Type: application/json.' },
  not_json_text: { title: unreadable, text: "The body isn't valid JSON." },
  too_large: { title: "That's too much", text: 'The form is far larger than anything this page asks for.' },
  bad_request: {
    title: "We couldn't read that request",
    text: "It doesn't follow the rules of HTTP. Open the page again.",
  },
  other_site: {
    title: 'That came from another site',
    text: 'We accept forms only from our own pages, so nothing was changed. If you sent it from here, reload the page and try again.',
  },
  not_found: { title: "There's no such page", text: 'The address may be old or mistyped.' },
  method_not_allowed: { title: "That doesn't work here", text: "This address doesn't take that kind of request." },
  other_host: { title: 'Wrong address', text: 'This server answers at one address only.' },
}

/** What is said where something is out of order, and the way on. */
export const troubles = {
  home: 'Go to the dashboard',
  goTo: (address: string) => `Go to ${address}`,
  busy: 'Too busy at this moment',
  unavailable: "We can't reach our data right now",
  hashQueueFull: (seconds: number) => `Nothing was changed. Try again in ${seconds} seconds.`,
  tryAgain: (seconds: number) => `Try again in ${seconds} seconds.`,
  perhapsDone: (seconds: number) =>
    `We can't tell whether your change was saved. Check first, then try again in ${seconds} seconds.`,
  fault: {
    title: 'Something went wrong',
    text: "It's our fault, and nothing was left half done. Try again in a moment.",
  },
}
