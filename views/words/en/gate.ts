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
  addPasskey: {
    title: (app: string) => `${app} needs a passkey`,
    text: (app: string) => `A code is not enough for it. Add a passkey first. Then open ${app} again.`,
    link: 'Add a passkey',
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

  /** For the people who run the site. `written` is what they wrote. */
  apps: {
    title: 'Apps',
    lead: 'What stands behind the gate. Until an app is open to a group, nobody comes in.',
    none: 'There are no apps.',
    new: 'Add an App',
    change: 'Change App',
    save: 'Save',
    delete: 'Delete App',
    deleteSentence:
      'Nobody comes to its hosts from then on, until another app has them. If it signs people in here, that ends too.',
    app: 'App',
    name: 'Name',
    nameHint:
      'Access tokens call it so. It can have small letters, digits, dots, dashes and underscores, and it stays.',
    appTitle: 'Title',
    titleHint: 'What people call it.',
    hosts: 'Hosts',
    hostsHint: 'One a line, such as photos.example.com. People are sent to the first.',
    groups: 'Open to groups',
    groupsHint: 'One a line. Without one: nobody.',
    nobody: 'Nobody',
    level: 'It asks for',
    levels: {
      password: 'A sign-in',
      second_factor: 'A second factor',
      phishing_resistant: 'A second factor that resists phishing',
    },
    maxAge: 'Shown in the last',
    maxAgeHint: 'A time such as 15m, 8h or 2d. Without one, as long as the session lasts.',
    paths: 'Paths with rules of their own',
    pathsHint:
      'One a line: the path, then public or what it asks for, then perhaps a time. /share/ public · /admin/ second_factor 15m',
    networks: 'Networks from which it asks for less',
    networksHint: 'One a line: 192.0.2.0/24 password',
    takesTokens: 'Access tokens with its scope open it',
    tellsIdentity: 'It is told who is there',
    yes: 'Yes',
    no: 'No',
    wrong: {
      no_name: (written: string) => `An app can't be called ${written || 'nothing'}.`,
      there_already: (written: string) => `There is an app ${written} already.`,
      no_title: () => 'A title has at most 60 characters that can be seen.',
      no_level: (written: string) =>
        `“${written}” names no level: it can be password or second_factor, and here public.`,
      no_max_age: (written: string) => `“${written}” is no time from 1m to 365d.`,
      too_many: (written: string) => `There are ${written} of them. 100 is the most.`,
      no_hosts: () => 'An app needs a host.',
      no_host: (written: string) => `“${written}” is no host. Leave out https:// and the path.`,
      wildcard: (written: string) => `“${written}” has a * in it. Name each host by itself.`,
      portal_host: (written: string) => `“${written}” is where people sign in. An app needs a host name of its own.`,
      host_taken: (written: string) => `Another app has the host ${written}.`,
      no_such_group: (written: string) => `There is no group “${written}”.`,
      twice: (written: string) => `“${written}” is there twice.`,
      no_path: (written: string) => `“${written}” has no plain path. A path begins with / and has no dots to climb by.`,
      public_has_no_age: (written: string) => `“${written}” is open to everybody, so it has no time.`,
      path_below_app: (written: string) =>
        `“${written}” asks for less than the app. It can ask for more, or be public.`,
      no_network: (written: string) => `“${written}” names no network.`,
      network_not_below: (written: string) => `“${written}” asks for no less than the app.`,
    },
  },
}
