import { z } from "zod";
import { validation } from "./service-error.ts";

/** Members that every List operation has. */
export const listRequest = z.strictObject({
  NameContains: z.string().max(63).optional(),
  CreationTimeAfter: z.number().optional(),
  CreationTimeBefore: z.number().optional(),
  SortBy: z.enum(["Name", "CreationTime"]).optional(),
  SortOrder: z.enum(["Ascending", "Descending"]).optional(),
  MaxResults: z.number().int().min(1).max(100).optional(),
  NextToken: z.string().max(8192).optional(),
});

export interface Listed {
  name: string;
  /** Seconds since 1970. */
  created: number;
}

/** SageMaker's page length where MaxResults is not given. */
const defaultResults = 10;

/**
 * One page: by default the youngest first. A token names the last item of its page, so that what is created or deleted between two
 * pages neither repeats nor hides another item.
 *
 * @throws ServiceError ValidationException for a token that is none of ours
 */
export function listPage<Item extends Listed>(
  items: readonly Item[],
  request: z.infer<typeof listRequest>,
  sortValue: (item: Item) => number | string = (item) => (request.SortBy === "Name" ? item.name : item.created),
): { items: Item[]; NextToken?: string } {
  const direction = request.SortOrder === "Ascending" ? 1 : -1;
  const order = (a: Position, b: Position) => direction * (compare(a[0], b[0]) || compare(a[1], b[1]));
  const position = (item: Item): Position => [sortValue(item), item.name];
  const after = request.NextToken === undefined ? undefined : readToken(request.NextToken);
  const rest = items
    .filter((item) => item.name.includes(request.NameContains ?? ""))
    .filter((item) => item.created >= (request.CreationTimeAfter ?? -Infinity) && item.created <= (request.CreationTimeBefore ?? Infinity))
    .filter((item) => after === undefined || order(position(item), after) > 0)
    .sort((a, b) => order(position(a), position(b)));
  const page = rest.slice(0, request.MaxResults ?? defaultResults);
  const last = page.at(-1);
  return last === undefined || page.length === rest.length ? { items: page } : { items: page, NextToken: writeToken(position(last)) };
}

type Position = [sortValue: number | string, name: string];

const positionSchema = z.tuple([z.union([z.number(), z.string()]), z.string()]);

function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function readToken(token: string): Position {
  try {
    return positionSchema.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch {
    throw validation("The token is invalid.");
  }
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : Number(a > b);
}
