/** What a field says that is empty, or has what it can't have. */
export const fields = {
  email: {
    no_address: 'Enter an email address, such as ada@example.com.',
    other_letters:
      'Before the @, an email address here can have only the letters a to z, digits, and signs such as . + and -.',
    too_long: 'That email address is too long.',
  },
  signInName: 'Enter your email address, such as ada@example.com, or your username.',
  password: 'Enter your password.',
  passwordTooLong: (most: number) => `No password here has more than ${most} characters.`,
  firstPassword: 'Choose a password.',
  newPassword: 'Choose a new password.',
  code: 'Enter the code.',
  description: "Say what it's for.",
  descriptionTooLong: (most: number) => `The description can have at most ${most} characters.`,
  descriptionNotText: "The description has a character that can't be shown on one line. Type it again.",
}
