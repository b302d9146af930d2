import type { FastifyInstance } from "fastify";

/**
 * Makes `close()` end when the last request in flight was answered: without it a client's kept-alive connection, busy at the moment of
 * closing, would hold the server until the connection's own timeout.
 */
export function drainOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (closing) reply.header("connection", "close");
    done(null, payload);
  });
}
