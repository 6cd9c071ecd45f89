/** What a failure says to an operator, in our words, because a server's own may contain the address. */
const SENTENCES = {
  no_address: 'that is no email address',
  not_opened: "it doesn't open with the keys of this server",
  unreachable: "the mail server can't be reached",
  no_answer: "the mail server didn't answer in time",
  too_slow: 'the mail server took too long',
  refused: "the mail server didn't take it",
  refused_for_good: 'the mail server refuses this address for good',
  sign_in_refused: "the mail server doesn't accept our name and password",
  not_trusted: "the mail server's certificate isn't trusted: NODE_EXTRA_CA_CERTS can name who signed it",
  not_encrypted: "the connection to the mail server couldn't be encrypted",
  only_plain: "the connection to the mail server couldn't be encrypted, and SMTP_PLAIN doesn't allow a plain one",
  folder_refuses: "the folder for mail can't be written to",
}

/** Why a mail was not taken. `reply` is the code the server answered, if it did (RFC 5321 section 4.2). */
export type MailFailure = { reason: keyof typeof SENTENCES; reply: number | null }

/** For the log, which is English. */
export const failureInWords = ({ reason, reply }: MailFailure): string =>
  reply === null ? SENTENCES[reason] : `${SENTENCES[reason]} (${reply})`
