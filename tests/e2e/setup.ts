// Starts the servers that all tests share, once for a whole run.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IssoServer } from "./backends/isso";
import { startIsso } from "./backends/isso";
import { type Programs, startWordPress, type WordPressServer } from "./backends/wordpress";
import { DIST, startPages } from "./pages";
import type { Running } from "./processes";

/** A thing that the run has, or why it does not. */
export type Available<T> = T | { missing: string } | { failed: string };

/** What setup hands over to the tests. */
export type Servers = {
  /** The origin of the blog's pages. */
  pages: string;
  wordpress: Available<WordPressServer>;
  /** The folder of the themes that come with WordPress. */
  wordpress_themes: Available<{ folder: string }>;
  isso: Available<{ python: string; servers: { open: IssoServer; moderated: IssoServer } }>;
  nginx: Available<{ program: string }>;
  hugo: Available<{ program: string }>;
  rsync: Available<{ program: string }>;
};

/** What xtask found or installed, in the file that CAUSERIE_SERVERS names. */
type Installed = {
  wordpress: Available<Programs>;
  wordpress_themes: Available<{ folder: string }>;
  isso: Available<{ python: string }>;
  nginx: Available<{ program: string }>;
  hugo: Available<{ program: string }>;
  rsync: Available<{ program: string }>;
};

export default async function setup() {
  const folder = await mkdtemp(join(tmpdir(), "causerie-servers-"));
  const pages = await startPages();
  const running: Running[] = [pages];
  const installed = await read();
  const begin = async <P extends object, T extends object>(
    part: Available<P>,
    start: (programs: P) => Promise<Running & T>,
  ): Promise<Available<T>> => {
    if ("missing" in part || "failed" in part) return part;
    try {
      const { stop, ...rest } = await start(part);
      running.push({ stop });
      return rest as unknown as T;
    } catch (error) {
      // The tests of this server fail with it; the others run.
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  };
  const origins = [pages.url];
  const [wordpress, isso] = await Promise.all([
    begin(installed.wordpress, (programs) =>
      startWordPress(programs, { folder: join(folder, "wordpress"), dist: DIST, origins }),
    ),
    begin(installed.isso, async ({ python }) => ({
      python,
      ...(await startIsso(python, { folder: join(folder, "isso"), origins })),
    })),
  ]);
  const { nginx, hugo, rsync, wordpress_themes } = installed;
  const servers: Servers = { pages: pages.url, wordpress, wordpress_themes, isso, nginx, hugo, rsync };
  // The workers inherit it.
  process.env.CAUSERIE_RUNNING = JSON.stringify(servers);
  return async () => {
    for (const server of running.reverse()) await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** What setup has started. */
export function servers(): Servers {
  return JSON.parse(process.env.CAUSERIE_RUNNING ?? "{}");
}

async function read(): Promise<Installed> {
  const file = process.env.CAUSERIE_SERVERS;
  if (file) return JSON.parse(await readFile(file, "utf8"));
  const part = { missing: "CAUSERIE_SERVERS names no file: `cargo xtask test --only e2e` writes it and sets it" };
  return { wordpress: part, wordpress_themes: part, isso: part, nginx: part, hugo: part, rsync: part };
}
