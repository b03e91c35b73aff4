// What is measured: each shows the same conversations, behind a front of its own.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Isso } from "../tests/e2e/backends/isso";
import { startSite, WordPress } from "../tests/e2e/backends/wordpress";
import { Endpoint, program, type Seed } from "../tests/e2e/fixtures";
import { DIST } from "../tests/e2e/pages";
import { servers } from "../tests/e2e/setup";
import type { Expected } from "./probe";
import { Front } from "./serve";
import { conversation, idOf } from "./threads";

export type Name = "floor" | "client" | "snapshot" | "isso" | "wordpress";

/** A stored conversation, and the path of its page. */
export type Thread = { size: number; path: string; last: string };

export type Subject = {
  name: Name;
  version: string;
  front: Front;
  /** The most comments that it is given. */
  most: number;
  store(size: number): Promise<Thread>;
  expected(thread: Thread): Expected;
  form: { text: string; identity: Record<string, string>; send: string };
  /** Whether it shows a sent comment by loading the page again. */
  reloads: boolean;
  stop(): Promise<void>;
};

/** A subject, or why it is not here. */
type Found = Subject | { missing: string };

export async function start(name: Name): Promise<Found> {
  const starts = { floor: startFloor, client: startClient, snapshot: startSnapshot, isso: startIssoClient, wordpress: startTheme };
  return starts[name]();
}

const AUTHOR = "Reader";
const FILES = fileURLToPath(new URL("floor/", import.meta.url));

let endpoint: Promise<Endpoint> | undefined;
const stored = new Map<number, Promise<string>>();

/** The endpoint that the floor and the client share, with and without a snapshot, with its conversations. */
function storedAtEndpoint(size: number): Promise<string> {
  const post = async () => (await endpoint)!.post({ comments: conversation(size), item: { title: `A post with ${size} comments` } });
  if (!stored.has(size)) stored.set(size, post());
  return stored.get(size)!;
}

async function atEndpoint(name: Name, version: string, path: string): Promise<Subject> {
  endpoint ??= Endpoint.start();
  const { url, stop } = await endpoint;
  const front = await Front.start(url);
  return {
    name,
    version,
    front,
    most: Infinity,
    store: async (size) => {
      const key = await storedAtEndpoint(size);
      return { size, path: `${path}?post=${key}`, last: `comment-${idOf(size, size - 1)}` };
    },
    expected: ({ size, last }) => ({ row: "li.comment", underWay: "[data-outbox]", count: size, last }),
    form: { text: ".write textarea", identity: { ".write [autocomplete=name]": AUTHOR }, send: ".write [type=submit]" },
    reloads: false,
    stop: async () => {
      await front.stop();
      if (name === "client") await stop();
    },
  };
}

function startClient() {
  return atEndpoint("client", process.env.BENCH_COMMIT ?? "", "/");
}

/**
 * The same client, with the conversation in its page. A page of the endpoint, as the floor is one: in
 * an embed there would be a page of somebody else around it, and a shadow tree.
 */
async function startSnapshot(): Promise<Subject> {
  const client = await atEndpoint("snapshot", "", "/");
  const { front } = client;
  return {
    ...client,
    // The command reads all of it, to write a hundredth.
    most: 10_000,
    store: async (size) => {
      const { last } = await client.store(size);
      // Not by the address: a page with a snapshot is one post's.
      const path = `/of${size}.html`;
      front.files.set(path, { type: "text/html; charset=utf-8", text: await snapshot(await storedAtEndpoint(size), path) });
      return { size, path, last };
    },
    expected: (thread) => ({
      ...client.expected(thread),
      untilTakenOver: "script[type='application/json'][data-causerie-snapshot]",
    }),
  };
}

/** The client's own page for a post, with what `causerie snapshot` writes into it. */
async function snapshot(post: string, path: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-bench-"));
  const file = join(folder, "index.html");
  const plain = await readFile(join(DIST, "index.html"), "utf8");
  await writeFile(file, plain.replace('<main id="causerie"', `<main id="causerie" data-post="${post}"`));
  await promisify(execFile)(program(), ["snapshot", file, "--base", (await endpoint)!.url + path]);
  const written = await readFile(file, "utf8");
  await rm(folder, { recursive: true });
  return written;
}

async function startFloor(): Promise<Subject> {
  const floor = await atEndpoint("floor", "", "/floor/");
  const built = await readFile(join(DIST, "index.html"), "utf8");
  const style = /causerie-\w+\.css/.exec(built)?.[0];
  if (!style) throw new Error("expected a style sheet in dist/index.html, found none");
  const [page, script] = await Promise.all(["index.html", "floor.js"].map((file) => readFile(FILES + file, "utf8")));
  floor.front.files.set("/floor/", { type: "text/html; charset=utf-8", text: page.replace("STYLE", style) });
  floor.front.files.set("/floor/floor.js", { type: "text/javascript; charset=utf-8", text: script });
  return floor;
}

async function startIssoClient(): Promise<Found> {
  const { isso: running } = servers();
  if (!isHere(running)) return absent(running);
  const { python, servers: started } = running;
  const isso = new Isso(python, started);
  const front = await Front.start(started.open.url);
  return {
    name: "isso",
    version: versionOfIsso(python),
    front,
    most: 1_000,
    store: async (size) => {
      const seeds = conversation(size);
      const { key, ids } = await isso.post({ comments: flat(seeds) });
      front.files.set(key, { type: "text/html; charset=utf-8", text: ISSO_PAGE });
      return { size, path: key, last: `isso-${ids[idOf(size, size - 1)]}` };
    },
    expected: ({ size, last }) => ({ row: "#isso-root .isso-comment", count: size, last }),
    form: {
      text: ".isso-postbox textarea",
      identity: { ".isso-postbox [name=author]": AUTHOR },
      send: ".isso-postbox [type=submit]",
    },
    reloads: false,
    stop: () => front.stop(),
  };
}

const ISSO_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A post</title>
<link rel="icon" href="data:,">
<script src="/js/embed.min.js" data-isso="/" data-isso-max-comments-top="inf" data-isso-max-comments-nested="inf" async></script>
</head>
<body>
<h1>A post</h1>
<p>A post to be commented.</p>
<section id="isso-thread"></section>
</body>
</html>
`;

/** Isso keeps a conversation of two levels. */
function flat(seeds: Seed[]): Seed[] {
  const roots = new Map<string, string>();
  return seeds.map((seed) => {
    const root = seed.parent && (roots.get(seed.parent) ?? seed.parent);
    if (root) roots.set(seed.id, root);
    return { ...seed, parent: root };
  });
}

/** The folder that xtask installs it into has its version. */
function versionOfIsso(python: string): string {
  return /isso-([\d.]+)/.exec(python)?.[1] ?? "";
}

async function startTheme(): Promise<Found> {
  const { wordpress, wordpress_themes: themes } = servers();
  if (!isHere(wordpress)) return absent(wordpress);
  if (!isHere(themes)) return absent(themes);
  const folder = await mkdtemp(join(tmpdir(), "causerie-bench-"));
  const theme = "twentytwentythree";
  const site = await startSite(wordpress, { folder, dist: DIST, themes: themes.folder, theme });
  const front = await Front.start(site.origin);
  const posts = new WordPress(wordpress.url);
  const source = await readFile(join(wordpress.programs.wordpress, "wp-includes/version.php"), "utf8");
  return {
    name: "wordpress",
    version: `${/wp_version = '([^']+)'/.exec(source)?.[1]}, ${theme}; its page from memory, as a cache of pages gives it`,
    front,
    most: 1_000,
    store: async (size) => {
      const thread = await posts.post({ comments: conversation(size) });
      return { size, path: `/${thread.slug}/`, last: `comment-${thread.ids[idOf(size, size - 1)]}` };
    },
    expected: ({ size, last }) => ({ row: "li.comment", count: size, last }),
    form: {
      text: "#commentform textarea",
      identity: { "#commentform #author": AUTHOR, "#commentform #email": "reader@mail.example" },
      send: "#commentform [type=submit]",
    },
    reloads: true,
    stop: async () => {
      await front.stop();
      await site.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Absent = { missing: string } | { failed: string };

function isHere<T extends object>(part: T | Absent): part is T {
  return !("missing" in part || "failed" in part);
}

function absent(part: Absent): { missing: string } {
  return { missing: "missing" in part ? part.missing : part.failed };
}
