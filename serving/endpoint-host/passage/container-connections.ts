import { connect, type Socket } from "node:net";
import { type HttpMessage, isLast, MessageReader, unusual, writeMessage } from "./http-message.ts";

/** The container did not answer in time. */
export class LateAnswer extends Error {
  override readonly name = "LateAnswer";
}

/** Nobody listens at the container's port any more: it never saw the invocation, which another may answer. */
export class NeverArrived extends Error {
  override readonly name = "NeverArrived";
}

/** What an invocation comes with, as the container gets it. */
export interface Invocation {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/**
 * Kept-alive connections to one container, each with one invocation at a time. The container answers every invocation with a `content-length`
 * (container/inference-server.ts): what does not is a failed one.
 */
export class ContainerConnections {
  readonly #port: number;
  readonly #timeoutMilliseconds: number;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  /** @param timeoutMilliseconds without a byte; shorter than the container keeps an idle connection, so that none closes under an invocation */
  constructor(port: number, timeoutMilliseconds: number) {
    this.#port = port;
    this.#timeoutMilliseconds = timeoutMilliseconds;
  }

  /** @throws LateAnswer; NeverArrived; Error where the container ended, or does not speak plainly */
  invoke(invocation: Invocation): Promise<HttpMessage> {
    const connection = this.#idle.pop() ?? this.#open();
    return connection.invoke(invocation);
  }

  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #open(): Connection {
    const connection: Connection = new Connection(
      connect({ host: "127.0.0.1", port: this.#port, noDelay: true }),
      this.#timeoutMilliseconds,
      {
        free: () => this.#idle.push(connection),
        closed: () => {
          this.#all.delete(connection);
          const index = this.#idle.indexOf(connection);
          if (index >= 0) this.#idle.splice(index, 1);
        },
      },
    );
    this.#all.add(connection);
    return connection;
  }
}

const answers = { startLine: /^HTTP\/1\.1 \d{3}/, longestBodyBytes: Number.POSITIVE_INFINITY };

/** Who keeps a connection, told when it can take another invocation, and when it can't any more. */
interface Keeper {
  free(): void;
  closed(): void;
}

class Connection {
  readonly #socket: Socket;
  readonly #keeper: Keeper;
  readonly #reader = new MessageReader(answers);
  #waiting: { resolve(answer: HttpMessage): void; reject(error: Error): void } | undefined;

  constructor(socket: Socket, timeoutMilliseconds: number, keeper: Keeper) {
    this.#socket = socket;
    this.#keeper = keeper;
    let failure = new Error("the container closed the connection");
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new LateAnswer(`no answer within ${timeoutMilliseconds / 1000} s`)));
    socket.on("data", (piece: Buffer) => this.#receive(piece));
    socket.on("end", () => socket.destroy());
    socket.on("error", (error: NodeJS.ErrnoException) => {
      failure = error.code === "ECONNREFUSED" ? new NeverArrived(error.message) : error;
    });
    socket.on("close", () => {
      keeper.closed();
      this.#waiting?.reject(failure);
    });
  }

  invoke({ headers, body }: Invocation): Promise<HttpMessage> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(writeMessage("POST /invocations HTTP/1.1\r\nhost: container", headers, body));
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(piece: Buffer): void {
    this.#reader.push(piece);
    const answer = this.#reader.next();
    if (answer === undefined) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (answer === unusual || waiting === undefined) {
      waiting?.reject(new Error("the container's answer does not say how long it is"));
      this.#socket.destroy();
      return;
    }
    if (isLast(answer)) this.#socket.destroy();
    else this.#keeper.free();
    waiting.resolve(answer);
  }
}
