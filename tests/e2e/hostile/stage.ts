// Where the payloads are shown, by which back end, and behind which line of defence.
import type { Page } from "@playwright/test";
import type { Blog } from "../embed";
import { strangers } from "./checks";
import { answer, type Answer, type Backend, type Said } from "./threads";
import { poke, type Trap } from "./trap";

/** The lines of defence, each with the others taken away, and all of them. */
export const DEFENCES = [
  { name: "the policy and the browser's sanitizer", policy: true, sanitizer: "setHTML" },
  { name: "the browser's sanitizer alone", policy: false, sanitizer: "setHTML" },
  { name: "the policy and DOMPurify", policy: true, sanitizer: "DOMPurify" },
  { name: "DOMPurify alone", policy: false, sanitizer: "DOMPurify" },
] as const;
export type Defence = (typeof DEFENCES)[number];

/** Where the conversation is shown, and how its back end is put there. */
export type Host = {
  name: string;
  backends: Backend[];
  /** Opens the page with this thread, which `backend` is made to give. */
  open(page: Page, blog: Blog, backend: Backend, thread: Thread): Promise<void>;
};
export type Thread = { comments: Said[]; title: string };

export const STANDALONE: Host = {
  name: "the page",
  backends: ["causerie"],
  async open(page, _, backend, { comments, title }) {
    const item = { id: title, title, content_html: "<p>A post.</p>", _causerie: { thread: "x", comment_count: comments.length } };
    await serve(page, /\/api\/feed\.json$/, () => ({ json: { title: "Blog", language: "en", items: [item] } }));
    await serve(page, /\/api\/posts\//, (url) => answer(backend, url, comments));
    await page.goto(`/?post=${encodeURIComponent(title)}`);
  },
};

/** Where each back end is on the origin of the blog's page. */
export const ENDPOINTS: Record<Backend, { endpoint: string; submit?: string }> = {
  causerie: { endpoint: "/hostile/api" },
  static: { endpoint: "/hostile/comments.json", submit: "/hostile/submit" },
  wordpress: { endpoint: "/hostile/wp-json" },
  isso: { endpoint: "/hostile/isso" },
};

const EMBED: Host = {
  name: "an embed",
  backends: ["causerie", "static", "wordpress", "isso"],
  async open(page, blog, backend, { comments }) {
    await serve(page, /\/hostile\//, (url) => answer(backend, url, comments));
    await page.goto(await blog.page({ backend, thread: "x", ...ENDPOINTS[backend] }));
  },
};

export const HOSTS = [STANDALONE, EMBED];

/** Answers each GET of an address that matches. Of two that match, the later one counts. */
export async function serve(page: Page, address: RegExp, reply: (url: URL) => Answer) {
  await page.route(address, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const { json, headers } = reply(new URL(route.request().url()));
    await route.fulfill({ json, headers });
  });
}

/** What a page needs to touch and look over many things at once. */
export type Tools = { poke: typeof poke; strangers: typeof strangers };
export const TOOLS = `window.tools = { poke: ${poke}, strangers: ${strangers} }`;

/** Leaves `page` with this line of defence alone. */
export async function takeAway(page: Page, trap: Trap, { policy, sanitizer }: Defence) {
  if (!policy) {
    await page.route("**", async (route) => {
      if (!route.request().isNavigationRequest()) return route.fallback();
      const response = await route.fetch();
      const { "content-security-policy": _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    // No other server is asked by that either.
    await trap.close(page);
  }
  if (sanitizer === "DOMPurify") {
    await page.addInitScript(() => {
      delete (Element.prototype as { setHTML?: unknown }).setHTML;
      delete (ShadowRoot.prototype as { setHTML?: unknown }).setHTML;
    });
  }
}

/**
 * Chromium holds even a document that is never shown to the policy of the page, and so reports what
 * a sanitizer is about to remove from it: never more than was refused, and never in the page itself,
 * which is checked apart. Whatever else the policy reports fails the test.
 */
export const REFUSED_WHILE_PARSING = [
  /^console: (Executing inline event handler|Applying inline style) violates the following Content Security Policy directive/,
  /^console: policy: (script|style)-src-attr inline /,
];
/** DOMPurify parses into a whole document, with a head, and empties it node by node. */
const REFUSED_WHILE_PURIFYING = [
  ...REFUSED_WHILE_PARSING,
  /^console: (Setting the document's base URI|Loading media from) .* violates the following Content Security Policy directive/,
  /^console: This document requires 'TrustedScript' assignment\. .*\/lazy\/purify\.min\.js\)$/,
  /^console: policy: (style-src-elem inline|base-uri|media-src|require-trusted-types-for trusted-types-sink (HTML|SVG)ScriptElement text\|)/,
];

/** What the policy may report while this defence holds. */
export function refused({ policy, sanitizer }: Defence): RegExp[] {
  if (!policy) return [];
  return sanitizer === "DOMPurify" ? REFUSED_WHILE_PURIFYING : REFUSED_WHILE_PARSING;
}
