// Nothing here is needed: every page works without it. Each piece stands alone, so that one that fails takes nothing with it.

const all = (selector) => document.querySelectorAll(selector)

const say = (about, words) => {
  for (const place of all(`[data-said="${about}"]`)) place.textContent = words
}

const tickSaved = () => {
  const saved = document.getElementById('saved')
  if (saved) saved.checked = true
}

// What the script says stands in the page, or comes from the browser, in the page's language.
const { lang } = document.documentElement

const inWords = (seconds) => {
  const [amount, unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds <= 3540
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour']
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}

const pieces = {
  unhide() {
    for (const button of all('[data-script][hidden]')) button.hidden = false
  },

  copy() {
    for (const button of all('[data-copy]')) {
      button.addEventListener('click', async () => {
        const source = document.getElementById(button.dataset.copy)
        const codes = [...source.querySelectorAll('[data-code]')]
        const text = codes.length ? codes.map((code) => code.textContent).join('\n') : source.textContent
        try {
          await navigator.clipboard.writeText(text)
          say(source.id, button.dataset.copied)
        } catch {
          // Plain http has no clipboard.
          getSelection().selectAllChildren(source)
          say(source.id, button.dataset.selected)
        }
        tickSaved()
      })
    }
  },

  tickOnDownload() {
    for (const form of all('[data-saves]')) form.addEventListener('submit', tickSaved)
  },

  // A double click sends a form once. Coming back, or waiting a little, makes it fresh again.
  sendOnce() {
    const sent = new Set()
    addEventListener('pageshow', () => sent.clear())
    addEventListener('submit', (event) => {
      const form = event.target
      if (form.hasAttribute('data-repeatable')) return
      if (sent.has(form)) return event.preventDefault()
      sent.add(form)
      setTimeout(() => sent.delete(form), 5000)
    })
  },

  sendWholeCode() {
    for (const field of all('[data-code-field]')) {
      field.addEventListener('input', ({ inputType }) => {
        // Autofill has no input type, or is a replacement. Typing has one, and is left to the person.
        const whole = !inputType || /^insert(FromPaste|FromDrop|ReplacementText)/.test(inputType)
        if (whole && /^\s*\d{3}[\s-]?\d{3}\s*$/.test(field.value)) field.form.requestSubmit()
      })
    }
  },

  showPassword() {
    for (const field of all('[type=password]')) {
      const button = document.createElement('button')
      const show = (shown) => {
        field.type = shown ? 'text' : 'password'
        button.textContent = shown ? field.dataset.hide : field.dataset.show
        button.setAttribute('aria-label', shown ? field.dataset.hideLabel : field.dataset.showLabel)
      }
      button.type = 'button'
      button.className = 'plain reveal'
      show(false)
      button.addEventListener('click', () => show(field.type === 'password'))
      field.classList.add('revealed')
      field.after(button)
      // A browser offers to save what was sent from a password field only.
      field.form.addEventListener('submit', () => show(false))
    }
  },

  countDown() {
    for (const place of all('[data-countdown]')) {
      const end = Date.now() + place.dataset.countdown * 1000
      const timer = setInterval(() => {
        const seconds = Math.ceil((end - Date.now()) / 1000)
        if (seconds > 0) {
          place.textContent = inWords(seconds)
        } else {
          clearInterval(timer)
          const sentence = place.closest('[data-afterwards]')
          sentence.textContent = ` ${sentence.dataset.afterwards}`
        }
      }, 1000)
    }
  },

  focusFirstError() {
    const field = document.querySelector('[aria-invalid="true"]') ?? document.querySelector('[data-errors]')
    field?.focus()
  },

  // What is shown once is not kept for the Back button either.
  forgetOnce() {
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted && document.querySelector('[data-once]')) location.reload()
    })
  },

  // Browsers lead the focus back out of the last pop-up only, not out of one inside another.
  focusOuterPopUp() {
    for (const inner of all('dialog dialog')) {
      inner.addEventListener('toggle', ({ newState }) => {
        if (newState === 'closed') inner.parentElement.querySelector('button').focus()
      })
    }
  },

  localTimes() {
    const day = new Intl.DateTimeFormat(lang, { dateStyle: 'medium' })
    const minute = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' })
    for (const time of all('time:not([data-utc])')) {
      time.title = time.textContent
      time.textContent = (time.dataset.to === 'day' ? day : minute).format(new Date(time.dateTime))
    }
  },

  print() {
    if (document.querySelector('[data-print]')) window.print()
  },
}

for (const start of Object.values(pieces)) {
  try {
    start()
  } catch (error) {
    reportError(error)
  }
}
