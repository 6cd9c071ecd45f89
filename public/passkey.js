// Without this, or in a browser without passkeys, their forms stay hidden. What it says stands in the page.

const { PublicKeyCredential: Passkey } = window
const TEN_MINUTES = 600_000
const opened = Date.now()
let asking

const all = (selector, within = document) => within.querySelectorAll(selector)

async function ask(field, mediation) {
  const { form, dataset } = field
  const { passkeyCreate, passkeyGet, passkeyAnew } = dataset
  // What this page asks has ended.
  if (passkeyAnew && Date.now() - opened > TEN_MINUTES) return location.assign(passkeyAnew)
  asking?.abort()
  asking = new AbortController()
  const { signal } = asking
  for (const sentence of all('[data-failed]', form)) sentence.hidden = true
  try {
    const { credentials } = navigator
    const credential = passkeyCreate
      ? await credentials.create({
          publicKey: Passkey.parseCreationOptionsFromJSON(JSON.parse(passkeyCreate)),
          signal,
        })
      : await credentials.get({
          publicKey: Passkey.parseRequestOptionsFromJSON(JSON.parse(passkeyGet)),
          mediation,
          signal,
        })
    field.value = JSON.stringify(credential)
    form.submit()
  } catch ({ name }) {
    if (mediation || signal.aborted) return
    const [sentence] = [...all(`[data-failed=${name}]`, form), ...all('[data-failed]', form)]
    sentence.hidden = false
  }
}

if (Passkey?.parseRequestOptionsFromJSON) {
  for (const part of all('[data-passkey]')) part.hidden = false
  for (const part of all('[data-no-passkey]')) part.hidden = true
  for (const field of all('[name=passkey]')) {
    field.form.addEventListener('submit', (event) => {
      event.preventDefault()
      ask(field)
    })
    if ('passkeyAutofill' in field.dataset)
      Passkey.isConditionalMediationAvailable?.().then((can) => can && ask(field, 'conditional'))
  }
}

for (const { dataset } of all('[data-passkey-signal]'))
  Passkey?.[dataset.passkeySignal]?.(JSON.parse(dataset.passkeyOf)).catch(() => {})
