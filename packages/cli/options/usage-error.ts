/** What was asked for cannot be understood: the usage is printed with it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
