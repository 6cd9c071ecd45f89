/** What `work` returns. If it fails, the operator gets its sentence without a stack, and the program ends. */
export async function orSentence<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    console.error(`Nothing was done. ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}
