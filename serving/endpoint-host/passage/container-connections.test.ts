import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ContainerConnections, LateAnswer, NeverArrived } from "./container-connections.ts";

let container: Server;
let connections: ContainerConnections;
let opened: number;

beforeEach(async () => {
  opened = 0;
  container = createServer(async (request, response) => {
    const body = `${request.url} ${request.headers["content-type"]} ${await text(request)}`;
    if (body.endsWith("leave")) response.setHeader("connection", "close");
    if (body.endsWith("die")) return request.socket.destroy();
    if (body.endsWith("mumble")) return response.write("chunk");
    response.writeHead(body.endsWith("fail") ? 500 : 200, { "content-length": body.length }).end(body);
  });
  container.on("connection", () => {
    opened += 1;
  });
  container.listen(0, "127.0.0.1");
  await once(container, "listening");
  connections = new ContainerConnections((container.address() as AddressInfo).port, 60_000);
});

afterEach(() => {
  connections.close();
  container.close();
});

async function ask(body: string): Promise<[startLine: string, body: string]> {
  const answer = await connections.invoke({ headers: { "content-type": "text/csv" }, body: Buffer.from(body) });
  return [answer.startLine, answer.body.toString()];
}

test("an invocation goes to /invocations with its headers and body, and any status is an answer", async () => {
  expect(await ask("rows")).toEqual(["HTTP/1.1 200 OK", "/invocations text/csv rows"]);
  expect(await ask("fail")).toEqual(["HTTP/1.1 500 Internal Server Error", "/invocations text/csv fail"]);
});

test("connections are kept: as many are opened as invocations were in flight at once", async () => {
  await Promise.all([ask("1"), ask("2"), ask("3")]);
  for (let call = 0; call < 5; call += 1) await ask("again");
  expect(opened).toBe(3);
});

test("a large body arrives whole", async () => {
  const body = "x".repeat(3_000_000);
  expect((await ask(body))[1].length).toBe("/invocations text/csv ".length + body.length);
});

test("a connection that the container closes after an answer is not used again", async () => {
  await ask("leave");
  expect((await ask("rows"))[0]).toBe("HTTP/1.1 200 OK");
  expect(opened).toBe(2);
});

test("a container that closes before its answer, or is not there, or whose answer has no length, fails the invocation alone", async () => {
  await expect(ask("die")).rejects.toThrow("closed the connection");
  await expect(ask("mumble")).rejects.toThrow("how long it is");
  expect((await ask("rows"))[0]).toBe("HTTP/1.1 200 OK");
  const nobody = new ContainerConnections(9, 60_000);
  await expect(nobody.invoke({ headers: {}, body: Buffer.alloc(0) })).rejects.toThrow("ECONNREFUSED");
});

test("one that says nothing for too long is late", async () => {
  const silent = createSocketServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const impatient = new ContainerConnections((silent.address() as AddressInfo).port, 1);
  await expect(impatient.invoke({ headers: {}, body: Buffer.alloc(0) })).rejects.toThrow(LateAnswer);
  silent.close();
});

test("where nobody listens any more, the invocation never arrived: another container may have it", async () => {
  await new Promise((resolve) => container.close(resolve));
  await expect(ask("rows")).rejects.toBeInstanceOf(NeverArrived);
});
