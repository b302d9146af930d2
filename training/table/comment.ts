/** One line, whatever the text holds. */
export function comment(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]+/gu, " ").slice(0, 200);
}
