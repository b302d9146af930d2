import type { JsonObject } from "./json-object.ts";

/** Yields the items of every page, asking for the next one only when it is reached. */
export async function* pages<T>(
  ask: (pageToken: string | undefined) => Promise<JsonObject>,
  field: string,
  read: (item: JsonObject) => T,
): AsyncGenerator<T, void, undefined> {
  let pageToken: string | undefined;
  do {
    const page = await ask(pageToken);
    yield* page.objects(field).map(read);
    pageToken = page.optionalText("next_page_token") || undefined;
  } while (pageToken !== undefined);
}
