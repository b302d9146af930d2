/** The same chunks; `moved` is told of each as it passes. */
export async function* watched<T>(chunks: AsyncIterable<T>, moved: () => void): AsyncGenerator<T, void, undefined> {
  for await (const chunk of chunks) {
    moved();
    yield chunk;
  }
}
