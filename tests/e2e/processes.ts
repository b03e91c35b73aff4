// Servers that are other people's programs: started, waited for, and stopped for certain.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** How long a server may take until it listens: a loaded machine is slow. */
const PATIENCE_MS = 60_000;

/** Where a server listens: a port on 127.0.0.1, or the path of a socket. */
export type Place = number | string;

export type Running = { stop(): Promise<void> };

/** Starts a server and waits until it listens. What it prints goes to the file `log`. */
export async function start(
  command: [program: string, ...flags: string[]],
  { place, log, env }: { place: Place; log: string; env?: Record<string, string> },
): Promise<Running> {
  const [program] = command;
  const output = openSync(log, "w");
  // The system ends the server with its parent, so that nothing is left running even if the tests
  // are killed.
  const server = spawn("setpriv", ["--pdeathsig", "TERM", ...command], {
    stdio: ["ignore", output, output],
    env: { ...process.env, ...env },
  });
  closeSync(output);
  const failed = once(server, "error").then(([error]) => `cannot start ${program}: ${error}`);
  const ended = once(server, "exit").then(([code, signal]) => `${program} ended with ${code ?? signal} as it started`);
  // The promise that loses the race must not count as a failure of its own.
  failed.catch(() => {});
  ended.catch(() => {});
  const reason = await Promise.race([failed, ended, listening(place)]);
  if (reason) {
    await stop(server);
    throw new Error(`${reason}\n${await tail(log)}`);
  }
  return { stop: () => stop(server) };
}

/** Ends a process and waits for its end. */
async function stop(server: ChildProcess) {
  const isRunning = () => server.exitCode === null && server.signalCode === null && server.pid !== undefined;
  if (!isRunning()) return;
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  await Promise.race([exited, wait(5_000, undefined, { ref: false })]);
  if (isRunning()) server.kill("SIGKILL");
  if (isRunning()) await exited;
}

/** Gives nothing once something listens, or the reason why it was given up. */
async function listening(place: Place): Promise<string | undefined> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    if (await accepts(place)) return undefined;
    await wait(20);
  }
  return `expected a server at ${place}, found none within ${PATIENCE_MS / 1000} s`;
}

function accepts(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof place === "number" ? connect(place, "127.0.0.1") : connect(place);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A port that nothing listens on, for programs that do not choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function tail(log: string): Promise<string> {
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
  return lines.slice(-20).join("\n");
}
