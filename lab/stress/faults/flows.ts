import { ACCOUNT_FLOWS } from './account-flows.ts'
import { FACTOR_FLOWS } from './factor-flows.ts'
import type { Flow } from './flow.ts'
import { GATE_FLOWS } from './gate-flows.ts'
import { INVITATION_FLOWS } from './invitation-flows.ts'
import { OPENID_FLOWS } from './openid-flows.ts'
import { PASSKEY_FLOWS } from './passkey-flows.ts'
import { RECOVERY_FLOWS } from './recovery-flows.ts'
import { RESCUE_FLOWS } from './rescue-flows.ts'

/** Everything that must happen whole or not at all. */
export const FLOWS: Flow[] = [
  ...FACTOR_FLOWS,
  ...PASSKEY_FLOWS,
  ...ACCOUNT_FLOWS,
  ...RECOVERY_FLOWS,
  ...RESCUE_FLOWS,
  ...INVITATION_FLOWS,
  ...GATE_FLOWS,
  ...OPENID_FLOWS,
]
