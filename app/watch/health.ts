export type HealthDeps = {
  housekeeping: { answers(): Promise<void> }
  migrations: { areApplied(): Promise<boolean> }
  /** Whether the process has been told to stop, and goes on only with what is in work. */
  isStopping(): boolean
}

export type Unready = 'stopping' | 'no_database' | 'old_database'

/** Whether the process lives and the database answers: what a service manager asks before it starts the process again. */
export const isHealthy = ({ housekeeping }: Pick<HealthDeps, 'housekeeping'>): Promise<boolean> =>
  housekeeping.answers().then(
    () => true,
    () => false,
  )

/** Why a proxy should send its requests to another process; undefined when this one is ready for them. */
export async function whyNotReady({ isStopping, migrations }: HealthDeps): Promise<Unready | undefined> {
  if (isStopping()) return 'stopping'
  try {
    return (await migrations.areApplied()) ? undefined : 'old_database'
  } catch {
    return 'no_database'
  }
}
