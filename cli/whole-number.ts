import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Parser of an option that takes a whole number from 1 up. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("it must be a whole number from 1 up.");
  return Number(text);
}
