import { words } from '../words/words.ts'

/** The last row of a form under Account: does it, or goes back. */
export const SettingsButtons = ({ submit, isDangerous = false }: { submit: string; isDangerous?: boolean }) => (
  <div class="row">
    <button type="submit" class={isDangerous ? 'danger' : 'primary'}>
      {submit}
    </button>
    <a class="button plain" href="/settings/account">
      {words.ui.cancel}
    </a>
  </div>
)
