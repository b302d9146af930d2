import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { findProcess } from "@falconry/environment/process-table.ts";

const LOOPBACK = "127.0.0.1";

/** Whether a server could listen on the port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}

/** @returns the process that listens on a loopback port, as "python (pid 4711)"; undefined where /proc does not tell */
export async function portHolder(port: number): Promise<string | undefined> {
  const socket = await listeningSocket(port);
  if (socket === undefined) return undefined;
  for (const pid of (await readdir("/proc")).map(Number).filter(Number.isInteger)) {
    if (await holds(pid, socket)) {
      const holder = findProcess(pid);
      return holder && `${holder.command} (pid ${pid})`;
    }
  }
  return undefined;
}

/** The inode of the socket that listens on the port: field 10 of /proc/net/tcp, where state 0A is LISTEN (proc(5)). */
async function listeningSocket(port: number): Promise<string | undefined> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")));
  for (const line of tables.join("\n").split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(suffix) && fields[3] === "0A") return fields[9];
  }
  return undefined;
}

async function holds(pid: number, socket: string): Promise<boolean> {
  try {
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")));
    return targets.includes(`socket:[${socket}]`);
  } catch {
    return false; // gone meanwhile, or another user's
  }
}
