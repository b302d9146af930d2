import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type HttpMessage, isLast, MessageReader, unusual, writeMessage } from "./http-message.ts";

const options = { startLine: /^POST \/[a-z]* HTTP\/1\.1$/, longestBodyBytes: 1000 };

function read(...pieces: (string | Buffer)[]): { messages: HttpMessage[]; rest: string; isUnusual: boolean } {
  const reader = new MessageReader(options);
  const messages: HttpMessage[] = [];
  for (const piece of pieces) {
    reader.push(Buffer.from(piece));
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      if (message === unusual) return { messages, rest: reader.rest().toString(), isUnusual: true };
      messages.push(message);
    }
  }
  return { messages, rest: reader.rest().toString(), isUnusual: false };
}

test("a message is its start line, its headers by name in lower case, and its body", () => {
  const { messages, rest } = read("POST /a HTTP/1.1\r\nContent-Type:  text/csv \r\nContent-Length: 3\r\n\r\n1,2POST");
  expect(messages).toEqual([
    { startLine: "POST /a HTTP/1.1", headers: { "content-type": "text/csv", "content-length": "3" }, body: Buffer.from("1,2") },
  ]);
  expect(rest).toBe("POST");
});

const written = fc.array(fc.record({ path: fc.constantFrom("a", "b"), body: fc.uint8Array({ maxLength: 300 }) }), {
  minLength: 1,
  maxLength: 4,
});

propertyTest.prop([written, fc.array(fc.nat(), { maxLength: 20 })])("what was written is what is read, wherever it is cut", (all, cuts) => {
  const whole = Buffer.concat(all.map(({ path, body }) => writeMessage(`POST /${path} HTTP/1.1`, { accept: "*/*" }, Buffer.from(body))));
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((one, other) => one - other), whole.length];
  const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
  const { messages, rest } = read(...pieces);
  expect(messages.map(({ startLine, body }) => ({ path: startLine.split(/[/ ]/)[2], body: new Uint8Array(body) }))).toEqual(all);
  expect(rest).toBe("");
});

describe("what is not plain is unusual, and left as it came", () => {
  const line = "POST /a HTTP/1.1\r\n";
  test.each([
    ["another request", "GET / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"],
    ["an older protocol", "POST /a HTTP/1.0\r\ncontent-length: 0\r\n\r\n"],
    ["a body of unknown length", `${line}\r\n\r\n`],
    ["a body in chunks", `${line}transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n`],
    ["a body that waits to be asked for", `${line}expect: 100-continue\r\ncontent-length: 3\r\n\r\n`],
    ["two lengths", `${line}content-length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
    ["a length that is none", `${line}content-length: 0x3\r\n\r\nabc`],
    ["a body that is too long", `${line}content-length: 1001\r\n\r\n`],
    ["a header that goes on in the next line", `${line}accept: a,\r\n b\r\ncontent-length: 0\r\n\r\n`],
    ["a line break within a header", `${line}accept: a\nhost: b\r\ncontent-length: 0\r\n\r\n`],
    ["a head without end", `${line}accept: ${"a".repeat(20_000)}`],
  ])("%s", (_, text) => {
    expect(read(text)).toEqual({ messages: [], rest: text, isUnusual: true });
  });
});

test("who closes the connection says so", () => {
  const [message] = read("POST /a HTTP/1.1\r\nConnection: Close\r\ncontent-length: 0\r\n\r\n").messages;
  expect(message && isLast(message)).toBe(true);
});
