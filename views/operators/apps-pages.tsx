import { Operate } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { Term } from '../ui/term.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Tick } from '../ui/tick.tsx'
import type { Callout, FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { MoreLink } from './more-link.tsx'
import { AppFields, Facts, type Level, Lines, WrittenForm } from './written-app.tsx'

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
        <Facts facts={facts} />
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
}

/** An app to be written: a new one, or one that is there. */
export const AppFormPage = ({ visitor, form, name }: AppFormProps) => {
  const { apps } = words.gate
  return (
    <WrittenForm visitor={visitor} tab="apps" form={form} here={HERE} name={name} titles={apps}>
      {name === undefined && <TextField form={form} name="name" label={apps.name} hint={apps.nameHint} autofocus />}
      <AppFields form={form}>
        <Lines form={form} name="hosts" label={apps.hosts} hint={apps.hostsHint} />
      </AppFields>
      <Lines form={form} name="paths" label={apps.paths} hint={apps.pathsHint} optional />
      <Lines form={form} name="networks" label={apps.networks} hint={apps.networksHint} optional />
      {(['takesTokens', 'tellsIdentity'] as const).map((tick) => (
        <div>
          <Tick name={tick} ticked={form.values?.[tick] === 'yes'}>
            {apps[tick]}
          </Tick>
        </div>
      ))}
    </WrittenForm>
  )
}
