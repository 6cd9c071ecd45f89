import type { Child } from 'hono/jsx'

/** Of what stands behind the gate. `app` is what people call it. */
export const gate = {
  onTo: {
    title: (app: string) => `On to ${app}`,
    lead: (host: Child): Child => [host, ' opens by itself in a moment.'],
    open: (app: string) => `Open ${app}`,
  },
  setUp: {
    title: (app: string) => `${app} needs a second factor`,
    text: (app: string) => `Set it up first. Then open ${app} again.`,
    link: 'Set up the second factor',
  },
  ahead: {
    title: (app: string) => `${app} isn't open yet`,
    text: 'Your browser asked for this page ahead of time. Follow the link when you want to go there.',
    goOn: (app: string) => `Go on to ${app}`,
  },
  noDestination: {
    title: "That address doesn't lead anywhere",
    text: 'It may be cut off or mistyped. Open the app itself, and it brings you here.',
  },

  signOut: {
    title: 'Sign Out',
    closes: 'Signing out also closes the apps that you opened from this browser:',
    back: (app: string) => `Go back to ${app}`,
    done: "You're signed out",
    closed: 'These apps are closed to this browser:',
  },

  ask: (contact: Child): Child => ['You can ask ', contact, '.'],
  again: 'Try again',
  /** Heading and sentence where an app doesn't open. */
  refused: {
    unknown_host: {
      title: 'There is no app here',
      text: (host: Child): Child => [
        'Nobody has registered ',
        host,
        ' with this site. Check the address. If it is right, the people who run this site can register it.',
      ],
    },
    other_scheme: {
      title: 'Wrong address',
      text: 'Begin the address as the address of this site begins: with https:// where that does.',
    },
    too_long: {
      title: 'That address is too long',
      text: 'Open the front page of the app instead, and go on from there.',
    },
    not_entitled: {
      title: (app: string) => `You can't open ${app}`,
      text: (app: string) => `${app} is for groups that you aren't in. The people who run this site can add you.`,
    },
    no_token_here: {
      title: (app: string) => `This token doesn't open ${app}`,
      text: (app: string) =>
        `Your browser sent an access token, which may not come here. Open ${app} in another browser, and sign in.`,
    },
    no_cookies: {
      title: "You couldn't be signed in",
      text: (host: Child): Child => [
        'It took longer than 10 minutes, or your browser keeps no cookies for ',
        host,
        '. Allow them there, then try again.',
      ],
    },
  },
}
