export type HealthDeps = {
  housekeeping: { answers(): Promise<void> }
  migrations: { areApplied(): Promise<boolean> }
  /** Whether the process was told to stop, and only finishes what is running. */
  isStopping(): boolean
}

export type Unready = 'stopping' | 'no_database' | 'old_database'

/** Whether the process lives and the database answers. A service manager asks this before it restarts the process. */
export const isHealthy = ({ housekeeping }: Pick<HealthDeps, 'housekeeping'>): Promise<boolean> =>
  housekeeping.answers().then(
    () => true,
    () => false,
  )

/** Why a proxy should send its requests to another process; undefined if this one is ready. */
export async function whyNotReady({ isStopping, migrations }: HealthDeps): Promise<Unready | undefined> {
  if (isStopping()) return 'stopping'
  try {
    return (await migrations.areApplied()) ? undefined : 'old_database'
  } catch {
    return 'no_database'
  }
}
