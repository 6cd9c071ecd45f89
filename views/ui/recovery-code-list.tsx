import type { RecoveryCode } from './types.ts'
import { When } from './when.tsx'

const Used = ({ usedAt }: { usedAt: Date }) => (
  <>
    <del>•••••-•••••</del>
    <small>
      used <When at={usedAt} to="day" />
    </small>
  </>
)

/** A code whose sealed copy does not open any more, because its key is gone: it may still work, for whoever wrote it down. */
const Unreadable = () => <small>can not be shown any more</small>

/** Recovery codes, numbered in their order; the used ones struck out with their date. */
export const RecoveryCodeList = ({ codes }: { codes: RecoveryCode[] }) => (
  <ol class="codes" id="codes">
    {codes.map(({ code, usedAt }) => (
      <li>{usedAt ? <Used usedAt={usedAt} /> : code ? <code data-code>{code}</code> : <Unreadable />}</li>
    ))}
  </ol>
)
