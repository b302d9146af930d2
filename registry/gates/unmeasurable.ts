/** What a gate needs is missing or makes no sense. */
export class Unmeasurable extends Error {
  override readonly name = "Unmeasurable";
}
