import type { Child } from 'hono/jsx'

/** Of what stands behind the gate. `app` is what people call it. */
export const gate = {
  onTo: {
    title: (app: string) => `On to ${app}`,
    lead: (host: Child): Child => [host, ' opens by itself in a moment.'],
    open: (app: string) => `Open ${app}`,
  },
  goOn: (app: string) => `Go on to ${app}`,
  setUp: {
    title: (app: string) => `${app} needs a second factor`,
    text: (app: string) => `Set it up first. Then open ${app} again.`,
    link: 'Set up the second factor',
  },
  refused: {
    no_destination: {
      title: "That address doesn't lead anywhere",
      text: 'It may be cut off or mistyped. Open the app itself, and it brings you here.',
    },
    too_long: {
      title: 'That address is too long',
      text: 'Open the front page of the app instead, and go on from there.',
    },
    unknown_host: {
      title: 'Nothing is registered there',
      text: (host: Child): Child => [
        'No app with the address ',
        host,
        ' belongs to this site. Check the address. If it is right, the people who run this site have to register it.',
      ],
    },
    not_entitled: {
      title: (app: string) => `You can't open ${app}`,
      text: (app: string) => `${app} is for groups that you aren't in. The people who run this site can add you.`,
    },
    ahead: {
      title: (app: string) => `${app} isn't open yet`,
      text: 'Your browser asked for this page ahead of time. Follow the link when you want to go there.',
    },
  },
}
