// Pages with a snapshot in them, written by the program as a blogger does.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { newName } from "./backends/backend";
import type { Blog } from "./embed";
import { program } from "./fixtures";
import { ASSETS, DIST, hostPage, origins, type Page, type PageOptions, policy } from "./pages";

/** A page without its snapshot and with it. */
export type Snapped = { address: string; before: Page; after: Page };

/** The page with what its elements ask for in it. */
export async function snap(html: string, base: string, ...flags: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-snapshot-"));
  const file = join(folder, "page.html");
  await writeFile(file, html);
  try {
    await promisify(execFile)(program(), ["snapshot", file, "--base", base, ...flags]);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Makes a post's page that has its conversation already. */
export async function snapped(
  host: Blog,
  attributes: Record<string, string>,
  { flags = [], ...options }: PageOptions & { flags?: string[] } = {},
): Promise<Snapped> {
  const connected = [...origins(attributes), ...(options.connect ?? [])];
  return put(host, hostPage(attributes, options), connected, flags);
}

/**
 * Makes a standalone page for one post that has all of it already. `settings` are those of its
 * element, without `data-`; its feed is the post itself.
 */
export async function snappedPage(
  host: Blog,
  settings: Record<string, string>,
  { lang, flags = [], connect = [] }: { lang?: string; flags?: string[]; connect?: string[] } = {},
): Promise<Snapped> {
  const { backend = "causerie" } = settings;
  const file = { causerie: "index", wordpress: "wordpress", isso: "isso", static: "static" }[backend];
  let html = await readFile(join(DIST, `${file}.html`), "utf8");
  const own = Object.entries(settings).map(([name, value]) => ` data-${name}="${value}"`);
  html = html.replaceAll("./", `${ASSETS}/`).replace(/<main id="causerie"[^>]*>/, `<main id="causerie"${own.join("")}>`);
  if (lang) html = html.replace("<html>", `<html lang="${lang}">`);
  const connected = [...new Set([...origins(settings), ...origins({ endpoint: settings.feed ?? "" }), ...connect])];
  return put(host, { html, headers: { "content-security-policy": policy(connected) } }, connected, flags);
}

async function put(host: Blog, before: Page, connected: string[], flags: string[]): Promise<Snapped> {
  const name = newName();
  const address = `${host.origin}/posts/${name}/`;
  const after = { ...before, html: await snap(before.html, address, ...flags) };
  await host.put(after, connected, name);
  return { address, before, after };
}
