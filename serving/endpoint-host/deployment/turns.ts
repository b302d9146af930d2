/** Deals requests to two fleets: of every `of` in a row, the new one gets `share`, spread evenly. */
export class Turns {
  readonly #share: number;
  readonly #of: number;
  #owed = 0;

  /** @param share whole number, at most `of` */
  constructor(share: number, of: number) {
    this.#share = share;
    this.#of = of;
  }

  /** Whether the next request is the new fleet's. */
  next(): boolean {
    this.#owed += this.#share;
    if (this.#owed < this.#of) return false;
    this.#owed -= this.#of;
    return true;
  }
}
