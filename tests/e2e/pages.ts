// Pages of a blog that the client is embedded in, on an origin of their own.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The built client. */
export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

/** Where the client is on a page's origin. */
export const ASSETS = "/assets/causerie";

export type Page = { html: string; headers: Record<string, string> };

/**
 * What a page may do: nothing but run the client, which comes from the origin `client`, and talk to
 * the origins `connect`.
 */
export function policy(connect: string[], client = "'self'"): string {
  return [
    "default-src 'none'",
    `script-src ${client} 'wasm-unsafe-eval'`,
    `style-src ${client}`,
    "img-src 'self' data:",
    `connect-src ${[...new Set(["'self'", client, ...connect])].join(" ")}`,
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/** The origins that an element with these attributes talks to. */
export function origins(attributes: Record<string, string>): string[] {
  const addresses = [attributes.endpoint, attributes.submit].filter((address) => address?.startsWith("http"));
  return [...new Set(addresses.map((address) => new URL(address).origin))];
}

export type PageOptions = {
  lang?: string;
  /** More for the head. */
  head?: string;
  /** What stands before the element. */
  before?: string;
  /** What stands after it. */
  after?: string;
  /** More origins that the page talks to. */
  connect?: string[];
  /** The attributes of the script that brings the client. */
  script?: Record<string, string>;
};

/** A post's page with the element in it. */
export function hostPage(attributes: Record<string, string>, options: PageOptions = {}): Page {
  const { lang = "en", head = "", before = "", after = "", connect = [] } = options;
  const { script = { src: `${ASSETS}/causerie.js` } } = options;
  const html = `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A post</title>
<link rel="icon" href="data:,">
${head}<script type="module"${written(script)}></script>
</head>
<body>
<h1>A post</h1>
<p>The words of the post.</p>
${before}${tag("causerie-thread", attributes)}
${after}</body>
</html>
`;
  return { html, headers: { "content-security-policy": policy([...origins(attributes), ...connect]) } };
}

/** An element, as a blogger writes it. */
export function tag(name: string, attributes: Record<string, string>, content = ""): string {
  return `<${name}${written(attributes)}>${content}</${name}>`;
}

function written(attributes: Record<string, string>): string {
  const escape = (value: string) => value.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escape(value)}"`)
    .join("");
}

/**
 * Serves the client and the pages that tests put there. It is reached as `127.0.0.1` and as
 * `localhost`, which are two origins: the back ends know the first alone.
 */
export async function startPages(): Promise<{ url: string; stop(): Promise<void> }> {
  const pages = new Map<string, Page>();
  const server = createServer((request, response) => {
    answer(pages, request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Puts a page on the server at `url`, and gives its address there. */
export async function putPage(url: string, name: string, page: Page): Promise<string> {
  const address = `${url}/posts/${name}/`;
  const response = await fetch(address, { method: "PUT", body: JSON.stringify(page) });
  if (!response.ok) throw new Error(`expected ${address} to be stored, found ${response.status}`);
  return address;
}

async function answer(pages: Map<string, Page>, request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? "/", "http://pages");
  if (request.method === "PUT") {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    pages.set(pathname, JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(201).end();
    return;
  }
  const page = pages.get(pathname);
  if (page) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(page.html);
    return;
  }
  const file = pathname.startsWith(`${ASSETS}/`) ? await clientFile(pathname.slice(ASSETS.length)) : undefined;
  if (file) {
    response.writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "application/octet-stream" }).end(file);
    return;
  }
  response.writeHead(404, { "content-type": "text/plain" }).end("There is no such page.\n");
}

/** A file of the client, or nothing. The path begins with a slash, so that it cannot leave the folder. */
async function clientFile(path: string): Promise<Buffer | undefined> {
  return readFile(join(DIST, normalize(decodeURIComponent(path)))).catch(() => undefined);
}

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
