/** A clock that stands still until it is told to go on. */
export function testClock(start = new Date('2026-03-01T12:00:10.000Z')) {
  let now = start.getTime()
  const advance = (ms: number) => {
    now += ms
  }
  return { now: () => new Date(now), advance }
}
