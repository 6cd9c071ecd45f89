import { Operate } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'
import { Field } from '../ui/field.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Tick } from '../ui/tick.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { MoreLink } from './more-link.tsx'
import { AppFields, Facts, type Level, Lines, WrittenForm } from './written-app.tsx'

const HERE = '/operate/clients'
const AUTHS = ['client_secret', 'private_key_jwt', 'none'] as const
const ALGS = ['RS256', 'ES256', 'EdDSA'] as const
const TICKS = ['needsPkce', 'isThirdParty', 'isPairwise', 'isStrict', 'usesDeviceFlow'] as const

type Listed = { name: string; title: string; redirects: readonly string[]; groups: readonly string[] }
type ClientsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  clients: readonly Listed[]
  moreHref?: string | undefined
}

/** All apps that people sign in to by OpenID Connect. */
export const ClientsPage = ({ visitor, flash, clients, moreHref }: ClientsPageProps) => (
  <Operate title={words.openid.clients.title} visitor={visitor} current="clients">
    <CalloutBox of={flash} />
    <p class="lead">{words.openid.clients.lead}</p>
    <p>
      <a class="button primary" href={`${HERE}/new`}>
        {words.openid.clients.new}
      </a>
    </p>
    <div class="panel">
      {clients.length > 0 ? (
        <table>
          <thead class="hint">
            <tr>
              <th scope="col">{words.gate.apps.app}</th>
              <th scope="col">{words.gate.apps.groups}</th>
            </tr>
          </thead>
          <tbody>
            {clients.map(({ name, title, redirects, groups }) => (
              <tr>
                <th scope="row">
                  <a href={`${HERE}/named/${name}`}>{title}</a>
                  <p class="hint long">{redirects.join(' ')}</p>
                </th>
                <td>
                  <Term name={words.gate.apps.groups} />
                  {groups.join(' ') || words.gate.apps.nobody}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{words.openid.clients.none}</p>
      )}
    </div>
    <MoreLink href={moreHref} />
  </Operate>
)

type Written = Record<(typeof TICKS)[number], boolean> & {
  groups: readonly string[]
  maxAge: string
  redirects: readonly string[]
  signedOut: readonly string[]
  backchannel: string
  jwksUri: string
  claims: readonly string[]
}
type Client = {
  name: string
  title: string
  level: Level
  auth: (typeof AUTHS)[number]
  alg: string
  previousUntil: Date | null
}
type ClientPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  client: Client
  written: Written
  issuer: string
}

export const ClientPage = ({ visitor, flash, client, written, issuer }: ClientPageProps) => {
  const { clients } = words.openid
  const { apps } = words.gate
  const facts: [string, readonly string[]][] = [
    [clients.issuer, [issuer]],
    [clients.id, [client.name]],
    [clients.redirects, written.redirects],
    [clients.signedOut, written.signedOut],
    [clients.backchannel, written.backchannel ? [written.backchannel] : []],
    [apps.groups, written.groups.length > 0 ? written.groups : [apps.nobody]],
    [apps.level, [apps.levels[client.level]]],
    [apps.maxAge, written.maxAge ? [written.maxAge] : []],
    [clients.auth, [clients.auths[client.auth]]],
    [clients.jwksUri, written.jwksUri ? [written.jwksUri] : []],
    [clients.alg, [client.alg]],
    [clients.claims, written.claims],
    ...TICKS.map((name): [string, string[]] => [clients[name], [written[name] ? apps.yes : apps.no]]),
  ]
  return (
    <Operate title={client.title} visitor={visitor} current="clients">
      <CalloutBox of={flash} />
      <div class="panel stack">
        <Facts facts={facts} />
        {client.previousUntil && (
          <p class="hint">
            {clients.previousUntil} <When at={client.previousUntil} />
          </p>
        )}
        <p>
          <a class="button primary" href={`${HERE}/named/${client.name}/change`}>
            {clients.change}
          </a>
        </p>
      </div>
      <div class="row">
        {client.auth === 'client_secret' && (
          <a class="button" href={`${HERE}/named/${client.name}/rotate`}>
            {clients.rotate}
          </a>
        )}
        {client.previousUntil && (
          <a class="button" href={`${HERE}/named/${client.name}/end`}>
            {clients.end}
          </a>
        )}
        <a class="button danger" href={`${HERE}/named/${client.name}/remove`}>
          {clients.remove}
        </a>
      </div>
    </Operate>
  )
}

type ClientSecretPageProps = {
  visitor: Visitor
  name: string
  /** Undefined once it has been shown. */
  secret: string | undefined
  previousUntil: Date | null
  issuer: string
}

/** The secret of a client, this once. It is on no other page. */
export const ClientSecretPage = ({ visitor, name, secret, previousUntil, issuer }: ClientSecretPageProps) => {
  const { clients } = words.openid
  if (secret === undefined) {
    const link = { href: `${HERE}/named/${name}/rotate`, text: clients.rotate }
    return (
      <Operate title={clients.secretTitle} visitor={visitor} current="clients">
        <CalloutBox standing of={{ tone: 'warn', title: clients.shownOnce, text: clients.replaceIt, link }} />
      </Operate>
    )
  }
  return (
    <Operate title={clients.secretTitle} visitor={visitor} current="clients">
      <p class="lead">{clients.secretLead}</p>
      <div class="panel stack" data-once>
        <dl class="details">
          <div>
            <dt>{clients.issuer}</dt>
            <dd class="long">{issuer}</dd>
          </div>
          <div>
            <dt>{clients.id}</dt>
            <dd class="long">{name}</dd>
          </div>
          <div>
            <dt>{clients.secret}</dt>
            <dd>
              <code id="secret" class="key long">
                {secret}
              </code>
            </dd>
          </div>
        </dl>
        <div class="row">
          <CopyButton of="secret">{words.ui.copy}</CopyButton>
        </div>
        <CopyOutcome of="secret" />
        {previousUntil && (
          <p class="hint">
            {clients.previousUntil} <When at={previousUntil} />
          </p>
        )}
        <p>
          <a class="button primary" href={`${HERE}/named/${name}`}>
            {words.ui.done}
          </a>
        </p>
      </div>
    </Operate>
  )
}

/** How long the secret works that a new one takes the place of. */
export const KeepField = ({ form }: { form: FormState }) => (
  <Field
    form={form}
    name="keep"
    label={words.openid.clients.keep}
    input={{}}
    choices={Object.entries(words.openid.clients.keeps).map(([value, text]) => ({ value, text }))}
  />
)

type ClientFormProps = {
  visitor: Visitor
  form: FormState
  /** Without one, it is a new one. */
  name?: string | undefined
}

/** A client to be written: a new one, or one that is there. */
export const ClientFormPage = ({ visitor, form, name }: ClientFormProps) => {
  const { clients } = words.openid
  return (
    <WrittenForm visitor={visitor} tab="clients" form={form} here={HERE} name={name} titles={clients}>
      {name === undefined && <TextField form={form} name="name" label={clients.id} hint={clients.idHint} autofocus />}
      <AppFields form={form}>
        <Lines form={form} name="redirects" label={clients.redirects} hint={clients.redirectsHint} />
      </AppFields>
      <Lines form={form} name="signedOut" label={clients.signedOut} hint={clients.signedOutHint} optional />
      <TextField form={form} name="backchannel" label={clients.backchannel} hint={clients.backchannelHint} optional />
      <Field
        form={form}
        name="auth"
        label={clients.auth}
        input={{}}
        choices={AUTHS.map((value) => ({ value, text: clients.auths[value] }))}
      />
      <Lines form={form} name="jwks" label={clients.jwks} hint={clients.jwksHint} optional />
      <TextField form={form} name="jwksUri" label={clients.jwksUri} hint={clients.jwksHint} optional />
      <Field
        form={form}
        name="alg"
        label={clients.alg}
        input={{}}
        choices={ALGS.map((value) => ({ value, text: value }))}
      />
      <Lines form={form} name="claims" label={clients.claims} hint={clients.claimsHint} optional />
      {TICKS.map((tick) => (
        <div>
          <Tick name={tick} ticked={form.values?.[tick] === 'yes'}>
            {clients[tick]}
          </Tick>
          {form.errors?.[tick] && <p class="error">{form.errors[tick]}</p>}
        </div>
      ))}
    </WrittenForm>
  )
}
