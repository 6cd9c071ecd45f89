import type { RecoveryCode } from './types.ts'
import { When } from './when.tsx'

const Used = ({ usedAt }: { usedAt: Date }) => (
  <>
    <del>•••••-•••••</del>
    <small>
      used at <When at={usedAt} inUtc />
    </small>
  </>
)

/** A code whose sealed copy no longer opens, because its key is gone. It may still work for somebody who wrote it down. */
const Unreadable = () => <small>can't be shown any longer</small>

/** Recovery codes, numbered in their order; the used ones struck out with their moment. */
export const RecoveryCodeList = ({ codes }: { codes: RecoveryCode[] }) => (
  <ol class="codes" id="codes">
    {codes.map(({ code, usedAt }) => (
      <li>{usedAt ? <Used usedAt={usedAt} /> : code ? <code data-code>{code}</code> : <Unreadable />}</li>
    ))}
  </ol>
)
