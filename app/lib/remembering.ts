/**
 * `read`, for what most requests say as one before did. A client that says something new each time makes it forget, and costs no memory:
 * there are `most` different texts at a time. Nothing is kept of one that reads as undefined.
 */
export function remembering<Said extends string | undefined, Read>(
  read: (said: Said) => Read,
  most = 200,
): (said: Said) => Read {
  const known = new Map<Said, Read>()
  return (said) => {
    const before = known.get(said)
    if (before !== undefined) return before
    if (known.size === most) known.clear()
    const found = read(said)
    if (found !== undefined) known.set(said, found)
    return found
  }
}
