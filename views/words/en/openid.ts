/** Of sign-in for other apps. `app` is what people call it. */
export const openid = {
  over: {
    title: 'This sign-in is over',
    text: 'It waited too long, or it has been finished already. Open the app again and sign in from there.',
  },
  failed: {
    title: "The app's request can't be answered",
    text: 'Something in it is wrong. Go back to the app and try again. If that does not help, tell the people who run the app what it says here:',
  },
  consent: {
    title: (app: string) => `Sign in to ${app}`,
    lead: (app: string) => `${app} would like to know:`,
    scopes: {
      openid: 'that it is you, each time',
      email: 'your email address',
      profile: 'your name and username',
      groups: 'the groups that you are in',
      offline_access: 'all of this while you are not there, until you sign out here',
    } as Record<string, string>,
    allow: 'Allow',
    deny: 'Cancel',
  },
  signOut: {
    title: 'Sign Out',
    lead: (app: string) => (app ? `${app} asks whether to sign you out here as well.` : 'Do you want to sign out?'),
    all: 'That signs you out of every app that you opened from this browser.',
    submit: 'Sign out',
    stay: 'Stay signed in',
    done: "You're signed out",
  },
  device: {
    title: 'Connect a device',
    lead: 'Type the code that the device shows.',
    code: 'Code',
    refused: 'That code is not known, or it has ended. Check it, or ask the device for a new one.',
    submit: 'Continue',
    confirm: (app: string) => `Connect ${app}?`,
    check: 'Go on only if you have a device in front of you that shows this code:',
    allow: 'Connect',
    deny: 'Cancel',
    done: (app: string) => `${app} is connected`,
    close: 'You can close this window and go on at the device.',
  },
}
