import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { maxPayloadBytes } from "../../container/read-request.ts";
import { type HttpMessage, isLast, MessageReader, unusual, writeMessage } from "./http-message.ts";

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Answers an invocation of an endpoint; never rejects. */
export type AnswerInvocation = (endpoint: string, request: HttpMessage) => Promise<HttpAnswer>;

/** As long as fastify keeps a connection that nobody uses. */
const idleMilliseconds = 72_000;
const invocationLine = /^POST \/endpoints\/([\w-]+)\/invocations HTTP\/1\.1$/;
const invocations = { startLine: invocationLine, longestBodyBytes: maxPayloadBytes };

/**
 * Stands before an HTTP server and answers plain invocations by itself, for a fraction of what an HTTP server and a router cost. A connection on which
 * anything else comes is the server's from there on.
 *
 * @returns lets requests in flight finish and closes the connections that the server does not know
 */
export function openFrontDoor(server: Server, answer: AnswerInvocation): () => void {
  const serve = server.listeners("connection");
  const visitors = new Set<Visitor>();
  let closing = false;
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const visitor = new Visitor(socket, answer, {
      isClosing: () => closing,
      handOver: () => {
        visitors.delete(visitor);
        for (const listener of serve) listener.call(server, socket);
      },
    });
    visitors.add(visitor);
    socket.on("close", () => visitors.delete(visitor));
  });
  return () => {
    closing = true;
    for (const visitor of visitors) visitor.leaveIfIdle();
  };
}

interface House {
  isClosing(): boolean;
  handOver(): void;
}

/** One connection, for as long as nothing but plain invocations comes on it, one after the other. */
class Visitor {
  readonly #socket: Socket;
  readonly #answer: AnswerInvocation;
  readonly #house: House;
  readonly #reader = new MessageReader(invocations);
  #isBusy = false;
  readonly #receive = (piece: Buffer) => {
    this.#reader.push(piece);
    if (!this.#isBusy) this.#proceed();
  };
  readonly #fail = () => this.#socket.destroy();

  constructor(socket: Socket, answer: AnswerInvocation, house: House) {
    this.#socket = socket;
    this.#answer = answer;
    this.#house = house;
    socket.setNoDelay(true);
    socket.setTimeout(idleMilliseconds);
    socket.on("timeout", this.#fail);
    socket.on("error", this.#fail);
    socket.on("data", this.#receive);
  }

  leaveIfIdle(): void {
    if (!this.#isBusy && this.#reader.rest().length === 0) this.#socket.destroy();
  }

  #proceed(): void {
    const request = this.#reader.next();
    if (request === unusual) this.#handOver();
    else if (request !== undefined) void this.#respond(request);
  }

  async #respond(request: HttpMessage): Promise<void> {
    this.#isBusy = true;
    const [, endpoint = ""] = invocationLine.exec(request.startLine) ?? [];
    const { status, headers, body } = await this.#answer(endpoint, request);
    const end = isLast(request) || this.#house.isClosing();
    const startLine = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
    this.#socket.write(writeMessage(startLine, end ? { ...headers, connection: "close" } : headers, body));
    this.#isBusy = false;
    if (end) this.#socket.end();
    else this.#proceed();
  }

  #handOver(): void {
    const socket = this.#socket;
    socket.off("data", this.#receive).off("error", this.#fail).off("timeout", this.#fail);
    socket.setTimeout(0);
    socket.pause();
    socket.unshift(this.#reader.rest());
    this.#house.handOver();
    socket.resume();
  }
}
