// The real Isso: one server that publishes at once, and one that holds everything.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, start, type Running } from "../processes";
import { type Backend, complete, newName, type Post, type Seed, type Stored, type Thread } from "./backend";

/** A running Isso, with the file that it keeps its comments in. */
export type IssoServer = { url: string; database: string };

export class Isso implements Backend {
  constructor(
    readonly python: string,
    readonly servers: { open: IssoServer; moderated: IssoServer },
  ) {}

  async post(post: Post = {}): Promise<Thread> {
    if (post.accepts === "closed") throw new Error("expected a post that Isso can have, found a closed one");
    const server = this.servers[post.accepts ?? "open"];
    const key = `/${newName()}/`;
    const comments = (post.comments ?? []).map(complete);
    const ids = (await this.#store(server, { action: "post", uri: key, comments })) as Record<string, string>;
    return { key, origin: server.url, ids };
  }

  async stored(thread: Thread): Promise<Stored[]> {
    return (await this.#store(this.#server(thread), { action: "stored", uri: thread.key })) as Stored[];
  }

  async add(thread: Thread, seeds: Seed[]) {
    const comments = seeds.map(complete);
    return (await this.#store(this.#server(thread), { action: "add", uri: thread.key, comments })) as Record<string, string>;
  }

  async edit(thread: Thread, id: string, text: string) {
    await this.#store(this.#server(thread), { action: "edit", id, text });
  }

  async remove(thread: Thread, id: string) {
    await this.#store(this.#server(thread), { action: "remove", id });
  }

  attributes(thread: Thread, origin = thread.origin) {
    const isModerated = this.#server(thread) === this.servers.moderated;
    return { backend: "isso", endpoint: origin, thread: thread.key, moderated: isModerated ? "yes" : "no" };
  }

  async publish(thread: Thread, id: string) {
    await this.#store(this.#server(thread), { action: "publish", id });
  }

  #server(thread: Thread): IssoServer {
    const { open, moderated } = this.servers;
    return thread.origin === open.url ? open : moderated;
  }

  async #store(server: IssoServer, command: object): Promise<unknown> {
    const run = promisify(execFile)(this.python, [STORE, server.database], { maxBuffer: 1 << 26 });
    run.child.stdin?.end(JSON.stringify(command));
    return JSON.parse((await run).stdout);
  }
}

const STORE = fileURLToPath(new URL("isso/store.py", import.meta.url));

/** Starts both servers. Pages on `origins` may read and write comments. */
export async function startIsso(
  python: string,
  { folder, origins }: { folder: string; origins: string[] },
): Promise<Running & { servers: Isso["servers"] }> {
  const running: Running[] = [];
  const stop = async () => {
    for (const server of running) await server.stop();
  };
  const launch = async (name: string, moderates: boolean): Promise<IssoServer> => {
    const home = join(folder, name);
    await mkdir(home, { recursive: true });
    const port = await freePort();
    const database = join(home, "comments.sqlite");
    const config = join(home, "isso.cfg");
    await writeFile(
      config,
      `[general]
dbpath = ${database}
host =
${origins.map((origin) => `    ${origin}`).join("\n")}
[moderation]
enabled = ${moderates}
[guard]
enabled = false
[server]
listen = http://127.0.0.1:${port}
`,
    );
    const log = join(home, "isso.log");
    // The script `isso` beside Python names the folder that the package was installed in, and that
    // one has been renamed since.
    const main = ["-c", "import isso; isso.main()", "-c", config, "run"] as const;
    running.push(await start([python, ...main], { place: port, log }));
    return { url: `http://127.0.0.1:${port}`, database };
  };
  try {
    return { servers: { open: await launch("open", false), moderated: await launch("moderated", true) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
