import { Operate } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Tick } from '../ui/tick.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { MoreLink } from './more-link.tsx'

type Level = keyof typeof words.gate.apps.levels

/** An app as its operator writes it. */
type Written = {
  name: string
  title: string
  hosts: readonly string[]
  groups: readonly string[]
  maxAge: string
  paths: readonly string[]
  networks: readonly string[]
  takesTokens: boolean
  tellsIdentity: boolean
}

const HERE = '/operate/apps'

type AppsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  apps: readonly { name: string; title: string; hosts: readonly string[]; groups: readonly string[]; level: Level }[]
  moreHref?: string | undefined
}

/** All apps behind the gate. */
export const AppsPage = ({ visitor, flash, apps, moreHref }: AppsPageProps) => (
  <Operate title={words.gate.apps.title} visitor={visitor} current="apps">
    <CalloutBox of={flash} />
    <p class="lead">{words.gate.apps.lead}</p>
    <p>
      <a class="button primary" href={`${HERE}/new`}>
        {words.gate.apps.new}
      </a>
    </p>
    <div class="panel">
      {apps.length > 0 ? (
        <table>
          <thead class="hint">
            <tr>
              <th scope="col">{words.gate.apps.app}</th>
              <th scope="col">{words.gate.apps.groups}</th>
              <th scope="col">{words.gate.apps.level}</th>
            </tr>
          </thead>
          <tbody>
            {apps.map(({ name, title, hosts, groups, level }) => (
              <tr>
                <th scope="row">
                  <a href={`${HERE}/named/${name}`}>{title}</a>
                  <p class="hint long">{hosts.join(' ')}</p>
                </th>
                <td>
                  <Term name={words.gate.apps.groups} />
                  {groups.join(' ') || words.gate.apps.nobody}
                </td>
                <td>
                  <Term name={words.gate.apps.level} />
                  {words.gate.apps.levels[level]}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p>{words.gate.apps.none}</p>
      )}
    </div>
    <MoreLink href={moreHref} />
  </Operate>
)

type AppPageProps = { visitor: Visitor; flash?: Callout | undefined; app: Written & { level: Level } }

/** What one app asks, of whom and where. */
export const AppPage = ({ visitor, flash, app }: AppPageProps) => {
  const { apps } = words.gate
  const facts: [string, readonly string[]][] = [
    [apps.name, [app.name]],
    [apps.hosts, app.hosts],
    [apps.groups, app.groups.length > 0 ? app.groups : [apps.nobody]],
    [apps.level, [apps.levels[app.level]]],
    [apps.maxAge, app.maxAge ? [app.maxAge] : []],
    [apps.paths, app.paths],
    [apps.networks, app.networks],
    [apps.takesTokens, [app.takesTokens ? apps.yes : apps.no]],
    [apps.tellsIdentity, [app.tellsIdentity ? apps.yes : apps.no]],
  ]
  return (
    <Operate title={app.title} visitor={visitor} current="apps">
      <CalloutBox of={flash} />
      <div class="panel stack">
        <dl class="details">
          {facts
            .filter(([, values]) => values.length > 0)
            .map(([name, values]) => (
              <div>
                <dt>{name}</dt>
                {values.map((value) => (
                  <dd class="long">{value}</dd>
                ))}
              </div>
            ))}
        </dl>
        <p>
          <a class="button primary" href={`${HERE}/named/${app.name}/change`}>
            {apps.change}
          </a>
        </p>
      </div>
      <p>
        <a class="button danger" href={`${HERE}/named/${app.name}/delete`}>
          {apps.delete}
        </a>
      </p>
    </Operate>
  )
}

type AppFormProps = {
  visitor: Visitor
  form: FormState
  /** Without one, it is a new one. */
  name?: string | undefined
  levels: readonly Level[]
}

/** An app to be written: a new one, or one that is there. */
export const AppFormPage = ({ visitor, form, name, levels }: AppFormProps) => {
  const { apps } = words.gate
  const back = name === undefined ? HERE : `${HERE}/named/${name}`
  return (
    <Operate title={name === undefined ? apps.new : apps.change} visitor={visitor} current="apps">
      <ErrorSummary form={form} />
      <form method="post" action={name === undefined ? `${HERE}/new` : `${back}/change`} class="panel stack" novalidate>
        {name === undefined && <TextField form={form} name="name" label={apps.name} hint={apps.nameHint} autofocus />}
        <TextField form={form} name="title" label={apps.appTitle} hint={apps.titleHint} optional />
        <Lines form={form} name="hosts" label={apps.hosts} hint={apps.hostsHint} />
        <Lines form={form} name="groups" label={apps.groups} hint={apps.groupsHint} optional />
        <Field
          form={form}
          name="level"
          label={apps.level}
          input={{}}
          choices={levels.map((value) => ({ value, text: apps.levels[value] }))}
        />
        <TextField form={form} name="maxAge" label={apps.maxAge} hint={apps.maxAgeHint} optional />
        <Lines form={form} name="paths" label={apps.paths} hint={apps.pathsHint} optional />
        <Lines form={form} name="networks" label={apps.networks} hint={apps.networksHint} optional />
        <div>
          <Tick name="takesTokens" ticked={form.values?.takesTokens === 'yes'}>
            {apps.takesTokens}
          </Tick>
        </div>
        <div>
          <Tick name="tellsIdentity" ticked={form.values?.tellsIdentity === 'yes'}>
            {apps.tellsIdentity}
          </Tick>
        </div>
        <TextField
          form={form}
          name="reason"
          label={words.operators.reason}
          hint={words.operators.reasonHint}
          optional
        />
        <div class="row">
          <button type="submit" class="primary">
            {name === undefined ? apps.new : apps.save}
          </button>
          <a class="button plain" href={back}>
            {words.ui.cancel}
          </a>
        </div>
      </form>
    </Operate>
  )
}

type LinesProps = { form: FormState; name: string; label: string; hint: string; optional?: boolean }

/** One thing a line. */
const Lines = (props: LinesProps) => (
  <Field {...props} input={{ autocapitalize: 'none', spellcheck: 'false' }} lines={3} />
)
