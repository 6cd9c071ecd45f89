import { z } from 'zod'
import { TestCodePage } from '#views/two-factor/test-code-page.tsx'
import type { Said } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { codeField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import type { KindsDeps, WithPages } from './factor.http.ts'
import type { Finding } from './factor.ts'
import { speakerOf } from './messages.http.ts'
import { type TestCodeDeps, type TestRefused, testCode } from './test-code.ts'

const CodeForm = z.object({ code: codeField() })

/** "Test a Code" of the check-up. Nothing changes, so its answer is a page: reloading it is another guess. */
export const testCodeRoutes = (deps: WithPages<TestCodeDeps> & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'change_second_factor', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => deps.page(c, <TestCodePage visitor={c.var.visitor} form={{}} />))
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, CodeForm)
        if (!form.ok) return deps.page(c, <TestCodePage visitor={visitor} form={{ errors: form.errors }} />, 422)
        const result = await testCode(deps, visitor, form.data, c.var.origin)
        if (result.ok) {
          const found = speakerOf(deps, result.finding).found?.(result.finding, result.device)
          return deps.page(c, <TestCodePage visitor={visitor} form={{}} found={found} />)
        }
        const refused = refusedForm<'code'>('code', refusalInWords(deps, result))
        return deps.page(c, <TestCodePage visitor={visitor} form={refused} />, refusedStatus(c, result))
      }),
  )

function refusalInWords(deps: KindsDeps, refused: TestRefused): Said {
  const { code } = words.messages
  switch (refused.reason) {
    case 'malformed':
      return code.malformed
    case 'blocked':
      return words.checkUp.test.blocked
    case 'wait':
      return { ...code.wait, seconds: refused.seconds }
    case 'wrong':
      return wrong(deps, refused.finding)
  }
}

const wrong = (deps: KindsDeps, finding: Finding): Said =>
  speakerOf(deps, finding).found?.(finding).text ?? words.messages.code.wrong_code
