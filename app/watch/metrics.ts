import type { MetricObjectWithValues, MetricValue } from 'prom-client'
import type { Method } from '../identity/security-events.ts'
import type { Client } from '../identity/visitor.ts'
import type { HashWatch, Passwords } from '../lib/passwords.ts'

// Seconds. A hash takes tens of milliseconds, a page one or two.
const HASH_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What one process has counted, as prom-client hands it over. */
export type Counts = MetricObjectWithValues<MetricValue<string>>[]

export type RequestLabels = { route: string; method: string; status: string }

/** What an operator's monitoring counts. Every label is a word from a list of ours, so nothing that a stranger sends becomes one. */
export type Metrics = {
  signedIn(method: Method, door: Client): void
  failed(reason: string, door: Client): void
  event(kind: string): void
  fault(): void
  mail(result: 'sent' | 'failed'): void
  request(labels: RequestLabels, seconds: number): void
  /** What a proxy heard that asked about a request to an app. */
  checked(verdict: string): void
  hashes: HashWatch | undefined
  /** Their queue is read when somebody asks. */
  watchQueue(passwords: Pick<Passwords, 'load'>): void
  /** The Prometheus text form, version 0.0.4. */
  text(): Promise<{ type: string; body: string }>
  /** The same, for adding up several processes. */
  counts(): Promise<Counts>
}

const nothing = () => {}

/** If nobody looks, nothing is counted. */
export const noMetrics: Metrics = {
  signedIn: nothing,
  failed: nothing,
  event: nothing,
  fault: nothing,
  mail: nothing,
  request: nothing,
  checked: nothing,
  hashes: undefined,
  watchQueue: nothing,
  text: async () => ({ type: 'text/plain', body: '' }),
  counts: async () => [],
}

/** This process's counters, from its start, beside Node's own metrics. */
export async function createMetrics(): Promise<Metrics> {
  const { Registry, Counter, Gauge, Histogram, collectDefaultMetrics } = await import('prom-client') // not loaded if it is off
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `latchkey_${name}`, help, labelNames, registers })

  const signIns = counter('sign_ins_total', 'Sessions that began.', 'method', 'door')
  const failures = counter('sign_in_failures_total', 'Sign-ins that did not go on.', 'reason', 'door')
  const events = counter('security_events_total', 'Rows of the log of security events.', 'kind')
  const faults = counter('faults_total', 'Requests and tasks that failed through a fault of ours.')
  const mails = counter('mails_total', 'Mails by what became of them.', 'result')
  const checks = counter('gate_checks_total', 'Requests to apps that proxies asked about.', 'verdict')
  const refusedHashes = counter('hashes_refused_total', 'Passwords not looked at, because the queue was full.')
  const hashSeconds = new Histogram({
    name: 'latchkey_hash_seconds',
    help: 'Seconds that one password hash takes, without the wait before it.',
    buckets: HASH_SECONDS,
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'latchkey_request_seconds',
    help: 'Seconds until a request is answered.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: REQUEST_SECONDS,
    registers,
  })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `latchkey_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })

  return {
    signedIn: (method, door) => signIns.inc({ method, door }),
    failed: (reason, door) => failures.inc({ reason, door }),
    event: (kind) => events.inc({ kind }),
    fault: () => faults.inc(),
    mail: (result) => mails.inc({ result }),
    request: (labels, seconds) => requestSeconds.observe(labels, seconds),
    checked: (verdict) => checks.inc({ verdict }),
    hashes: { hashed: (seconds) => hashSeconds.observe(seconds), refused: () => refusedHashes.inc() },
    watchQueue(passwords) {
      gauge('hash_queue_length', 'Passwords that wait for their turn.', () => passwords.load().waiting)
      gauge('hashes_running', 'Passwords that are being hashed.', () => passwords.load().running)
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
    counts: () => registry.getMetricsAsJSON(),
  }
}
