/**
 * What text browsers would understand differently than the page means, in words. They know neither `formaction` nor `form=`.
 * w3m sends a form by any button inside it. Lynx sends a form without a field by GET, and an unticked box is no field.
 */
export function faultsOfForms(html: string): string[] {
  const forms = html.match(/(<search>)?<form\b.*?<\/form>/gs) ?? []
  const outside = forms.reduce((rest, form) => rest.replace(form, ''), html)
  const faults = forms.flatMap((form) => faultsOfForm(form).map((fault) => `${fault}: ${form}`))
  if (/<\/?form\b/.test(outside)) faults.push('a form is inside another, or is not closed')
  for (const { tag, kind, type } of controlsIn(outside)) {
    if (kind === 'button' && type !== 'button') faults.push(`a button belongs to no form: ${tag}`)
    if (kind !== 'button') faults.push(`a field belongs to no form: ${tag}`)
  }
  return faults
}

function faultsOfForm(form: string): string[] {
  const controls = controlsIn(form)
  const buttons = controls.filter(({ kind, type }) => kind === 'button' || /^(submit|image|reset|button)$/.test(type))
  const isAlwaysSent = ({ tag, kind, type }: Control) =>
    kind !== 'button' && /\sname="[^"]+"/.test(tag) && !/^(checkbox|radio|submit|image)$/.test(type)
  const faults = {
    'it neither posts to a path of ours nor is a search':
      !/^(<form method="post"|<search><form method="get") action="\/[^"]*"/.test(form),
    'another form is inside it': (form.match(/<form\b/g) ?? []).length > 1,
    'a control leads elsewhere': controls.some(({ tag }) => /\sform\w*[\s=>]/i.test(tag)),
    [`it has ${buttons.length} buttons`]: buttons.length !== 1,
    'its button does not send it': buttons.some(({ type }) => type !== 'submit'),
    'its button has a name': buttons.some(({ tag }) => /\sname=/.test(tag)),
    'it is a form without a field': !controls.some(isAlwaysSent),
  }
  return Object.keys(faults).filter((fault) => faults[fault])
}

type Control = ReturnType<typeof controlsIn>[number]

const controlsIn = (html: string) =>
  [...html.matchAll(/<(button|input|select|textarea)\b[^>]*>/g)].map(([tag, kind]) => ({
    tag,
    kind,
    type: /\stype="(\w+)"/.exec(tag)?.[1] ?? '',
  }))
