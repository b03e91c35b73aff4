// The payloads, and how one of them stands in HTML.
import { readFileSync } from "node:fs";

/** What a payload is an attack on: `README.md` says what each kind means. */
export type Kind = "html" | "url" | "style" | "clobber" | "text";
export type Entry = { kind: Kind; source: string; payload: string };

/** The file as it is. */
export const SOURCE = readFileSync(new URL("corpus.json", import.meta.url), "utf8");
export const CORPUS: Entry[] = JSON.parse(SOURCE);

/** The payload as a piece of HTML. An address is put wherever HTML takes one. */
export function asHtml({ kind, payload }: Entry): string {
  if (kind !== "url") return payload;
  const address = payload.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return (
    `<a href="${address}" ping="${address}">link</a><q cite="${address}">quote</q><img src="${address}" alt="">` +
    `<form action="${address}"><button formaction="${address}">button</button></form>` +
    `<svg><a xlink:href="${address}"><text>link</text></a></svg>`
  );
}

/** Every name that a payload tries to take, and those of the page and its client. */
export const NAMES = [
  ...new Set([
    ...CORPUS.filter(({ kind }) => kind === "clobber").flatMap(({ payload }) =>
      [...payload.matchAll(/\b(?:id|name)\s*=\s*["']?([\w-]+)/g)].map(([, name]) => name!),
    ),
    ...["causerie", "body", "forms", "head", "documentElement", "getElementById", "querySelector"],
    ...["createElement", "cookie", "location", "defaultView", "fetch", "history", "localStorage", "DOMPurify", "Element"],
  ]),
];

/** The payload with text around it. What follows ends what a payload has left open. */
export function inHtml(entry: Entry): string {
  return `<p>before</p>${asHtml(entry)}\n<p title='a' lang="b">after</p>`;
}

/** As a reader sees it: every run of white space is one space, and none stands at an end. */
export function squeezed(text: string): string {
  return text.replace(/[\s\u0085]+/g, " ").trim();
}
