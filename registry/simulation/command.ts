/** What a command says, whichever client it is sent with. */
export function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.assign(value) : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The writes of a transaction. */
export function writesOf(input: unknown): Record<string, unknown>[] {
  return list(members(input).TransactItems).map((write) => members(Object.values(members(write))[0]));
}

/** It appends an event of this type. */
export function writes(name: string, input: unknown, type: string): boolean {
  return name === "TransactWriteItemsCommand" && JSON.stringify(input).includes(`\\"type\\":\\"${type}\\"`);
}

/** It sets this member of the head item. */
export function updates(name: string, input: unknown, member: string): boolean {
  return name === "UpdateItemCommand" && String(members(input).UpdateExpression).includes(`SET ${member} =`);
}

export function isWitness(name: string, input: unknown): boolean {
  return name === "PutObjectCommand" && "IfNoneMatch" in members(input);
}

/** It puts a point of this metric. */
export function tells(input: unknown, metric: string): boolean {
  return list(members(input).MetricData).some((datum) => members(datum).MetricName === metric);
}
