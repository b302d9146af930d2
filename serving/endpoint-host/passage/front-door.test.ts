import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFrontDoor } from "./front-door.ts";

let server: Server;
let closeDoor: () => void;
let answer: (text: string) => Promise<string>;

beforeEach(async () => {
  answer = async (text) => text;
  server = createServer((request, response) => response.end(`the server has ${request.method} ${request.url}`));
  closeDoor = openFrontDoor(server, async (endpoint, { body }) => {
    return { status: 200, headers: { "x-endpoint": endpoint }, body: Buffer.from(`the door has ${await answer(body.toString())}`) };
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function visit(): Socket {
  return connect((server.address() as AddressInfo).port, "127.0.0.1");
}

async function hear(socket: Socket, ...words: string[]): Promise<string> {
  let heard = "";
  socket.setEncoding("latin1");
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    heard += piece;
    if (words.every((word) => heard.includes(word))) return heard;
  }
  return heard;
}

function invocation(body: string, more = ""): string {
  return `POST /endpoints/falcon/invocations HTTP/1.1\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;
}

test("a plain invocation is answered at the door", async () => {
  const socket = visit();
  socket.write(invocation("one"));
  expect(await hear(socket, "the door has one")).toMatch(/^HTTP\/1\.1 200 OK\r\nx-endpoint: falcon\r\ncontent-length: 16\r\n\r\n/);
  socket.destroy();
});

test("invocations on one connection are answered in turn, also those that came together", async () => {
  const socket = visit();
  socket.write(invocation("one") + invocation("two"));
  const heard = await hear(socket, "has two");
  expect(heard.indexOf("has one")).toBeLessThan(heard.indexOf("has two"));
  socket.destroy();
});

test.each([
  ["another route", "GET /health HTTP/1.1\r\nhost: a\r\n\r\n", "the server has GET /health"],
  [
    "an invocation in chunks",
    "POST /endpoints/a/invocations HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "the server has POST",
  ],
  ["no HTTP", "nonsense\r\n\r\n", "400 Bad Request"],
])("%s is the server's", async (_, text, answered) => {
  const socket = visit();
  socket.write(text);
  expect(await hear(socket, answered)).toContain(answered);
  socket.destroy();
});

test("a connection may begin at the door and go on with the server", async () => {
  const socket = visit();
  socket.write(invocation("one"));
  await hear(socket, "has one");
  socket.write("GET /health HTTP/1.1\r\nhost: a\r\n\r\n");
  expect(await hear(socket, "GET /health")).toContain("the server has GET /health");
  socket.write("GET /again HTTP/1.1\r\nhost: a\r\n\r\n");
  expect(await hear(socket, "GET /again")).toContain("the server has GET /again");
  socket.destroy();
});

test("who says that a request is the last gets the connection closed after its answer", async () => {
  const socket = visit();
  socket.write(invocation("one", "connection: close\r\n"));
  expect(await hear(socket, "never said")).toMatch(/connection: close\r\n.*\r\n\r\nthe door has one$/s);
});

describe("when it closes", () => {
  test("what is in flight is answered, and the connection ends", async () => {
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
    const { promise: pause, resolve: goOn } = Promise.withResolvers<void>();
    answer = async (text) => {
      isAsked();
      await pause;
      return text;
    };
    const socket = visit();
    socket.write(invocation("one"));
    await asked;
    closeDoor();
    goOn();
    expect(await hear(socket, "never said")).toContain("the door has one");
  });

  test("a connection without a request is closed", async () => {
    const socket = visit();
    await once(socket, "connect");
    await setImmediate();
    closeDoor();
    server.close();
    await once(socket, "close");
  });
});

test("a caller that is gone before its answer harms nobody", async () => {
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
  const { promise: pause, resolve: goOn } = Promise.withResolvers<void>();
  answer = async (text) => {
    isAsked();
    await pause;
    return text;
  };
  const socket = visit();
  socket.write(invocation("one"));
  await asked;
  socket.resetAndDestroy();
  await once(socket, "close");
  goOn();
  answer = async (text) => text;
  const other = visit();
  other.write(invocation("two"));
  expect(await hear(other, "the door has two")).toContain("the door has two");
  other.destroy();
});
