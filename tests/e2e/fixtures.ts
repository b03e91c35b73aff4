// What every test starts from: a running endpoint, and a page that must not complain.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, test as base, type BrowserContext, type Locator, type Page } from "@playwright/test";

export { expect };

/** A comment to be stored before a test begins. All but the id has a default. */
export type Seed = {
  id: string;
  parent?: string;
  name?: string;
  url?: string;
  post_author?: boolean;
  content?: string;
  published?: string;
  status?: "published" | "held";
};

/** A running `causerie serve` with a database of its own. */
export class Endpoint {
  readonly #folder: string;
  #posts = 0;

  private constructor(
    readonly url: string,
    folder: string,
    readonly stop: () => Promise<void>,
  ) {
    this.#folder = folder;
  }

  static async start(...flags: string[]): Promise<Endpoint> {
    const folder = await mkdtemp(join(tmpdir(), "causerie-e2e-"));
    const server = spawn(
      program(),
      ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "0", "--database", join(folder, "blog.sqlite"), ...flags],
      { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
    );
    const exited = once(server, "exit");
    const url = await new Promise<string>((resolve, reject) => {
      exited.then(([code]) => reject(new Error(`the endpoint ended with ${code}`)), reject);
      createInterface(server.stdout).on("line", (line) => {
        const address = /http:\/\/[^/]+/.exec(line);
        if (address) resolve(address[0]);
      });
    });
    return new Endpoint(url, folder, async () => {
      server.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true });
    });
  }

  /** Stores a post that no other test knows, and gives its key. */
  async post(post: { accepts?: "open" | "moderated" | "closed"; comments?: Seed[]; item?: object } = {}) {
    const thread = `post-${process.pid}-${++this.#posts}`;
    const comments = (post.comments ?? []).map((seed, at) => ({
      id: seed.id,
      parent: seed.parent,
      author: { name: seed.name ?? `Guest ${at}`, url: seed.url, post_author: seed.post_author ?? false },
      content: seed.content ?? `What ${seed.id} has to say.`,
      published: seed.published ?? new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
      status: seed.status,
    }));
    const item = {
      id: thread,
      title: `The post ${thread}`,
      language: "en",
      content_html: "<p>A post to be commented.</p>",
      date_published: "2026-01-01T00:00:00Z",
      ...post.item,
      _causerie: { thread, accepts: post.accepts ?? "open", comments },
    };
    const file = join(this.#folder, `${thread}.json`);
    await writeFile(file, JSON.stringify({ title: "Scratch", language: "en", items: [item] }));
    await this.run("import", file);
    return thread;
  }

  /** Runs another command of the program on the same database. */
  async run(...command: string[]): Promise<string> {
    const arguments_ = [...command, "--database", join(this.#folder, "blog.sqlite")];
    const { stdout } = await promisify(execFile)(program(), arguments_, { cwd: this.#folder });
    return stdout;
  }

  /** The published comments of a post, as the contract gives them. */
  async comments(thread: string): Promise<{ id: string; parent: string | null; content_html: string }[]> {
    const response = await fetch(`${this.url}/api/posts/${thread}/comments?limit=1000`);
    return (await response.json()).comments;
  }

  address(thread: string): string {
    return `${this.url}/?post=${thread}`;
  }
}

/** The endpoint's program. */
export function program(): string {
  const path = process.env.CAUSERIE_BIN;
  if (!path) throw new Error("CAUSERIE_BIN names no program: `cargo xtask test --only e2e` sets it");
  return path;
}

/** What the browser complains about: a test fails on everything that it has not foreseen. */
export type Complaints = {
  allow(...patterns: RegExp[]): void;
  /** Requests to these origins are meant. */
  expectOrigins(...origins: string[]): void;
  /** Listens in another context than the test's own, from before its first page. */
  watch(context: BrowserContext): Promise<void>;
};

/** Chromium's own line for an answer that a test made unhappy. */
export const FAILED_REQUEST = /Failed to load resource/;

type TestFixtures = { complaints: Complaints };
type WorkerFixtures = { demo: Endpoint; blog: Endpoint };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  // The demo, which no test writes to.
  demo: [
    async ({}, use) => {
      const endpoint = await Endpoint.start("--demo");
      await use(endpoint);
      await endpoint.stop();
    },
    { scope: "worker" },
  ],

  // A blog for those who write: each test stores a post of its own.
  blog: [
    async ({}, use) => {
      const endpoint = await Endpoint.start();
      await use(endpoint);
      await endpoint.stop();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ demo }, use) => use(demo.url),

  complaints: [
    async ({ context, demo, blog }, use) => {
      const heard: string[] = [];
      const allowed: RegExp[] = [];
      const origins = [demo.url, blog.url];
      const watch = async (context: BrowserContext) => {
        context.on("console", (message) => {
          if (message.type() === "error") {
            heard.push(`console: ${message.text()} (${message.location().url})`);
          }
        });
        context.on("weberror", (error) => heard.push(`uncaught: ${error.error()}`));
        context.on("request", (request) => {
          const { origin, protocol } = new URL(request.url());
          if (protocol.startsWith("http") && !origins.includes(origin)) {
            heard.push(`request to another origin: ${request.url()}`);
          }
        });
        await context.addInitScript(() => {
          addEventListener("securitypolicyviolation", (event) => {
            console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
          });
        });
      };
      await watch(context);
      await use({
        allow: (...patterns) => allowed.push(...patterns),
        expectOrigins: (...more) => origins.push(...more),
        watch,
      });
      const unforeseen = heard.filter((line) => !allowed.some((pattern) => pattern.test(line)));
      expect(unforeseen, "complaints of the browser").toEqual([]);
    },
    { auto: true },
  ],
});

export const FEED = /\/api\/feed\.json$/;
export const COMMENTS = /\/api\/posts\/[^/]+\/comments/;

/** The row of a comment. */
export function row(page: Page, id: string): Locator {
  return page.locator(`[id="comment-${id}"]`);
}

/** All rows, in the order of the page. */
export function rows(page: Page): Locator {
  return page.locator("li.comment");
}

/** Rows of comments that the server has. */
export function arrived(within: Page | Locator): Locator {
  return within.locator("li.comment:not([data-outbox])");
}

/** Rows of comments that are still on their way, or those of them that are in this state. */
export function unsent(within: Page | Locator, state?: Unsent): Locator {
  return within.locator(state ? `li.comment[data-outbox=${state}]` : "li.comment[data-outbox]");
}

export type Unsent = "queued" | "sending" | "waiting" | "unsure" | "refused" | "discarded";

/** The name in the line above each comment, in the order of the page. */
export function ids(page: Page): Promise<string[]> {
  return rows(page).evaluateAll((all) => all.map((row) => row.id.replace("comment-", "")));
}

/** The section that holds the conversation. */
export function conversation(page: Page): Locator {
  return page.getByRole("region", { name: /comm?ent|conversation/i }).first();
}

/** A form: that for a new thread, or that inside `row`. */
export class Composer {
  readonly text: Locator;
  readonly name: Locator;
  readonly email: Locator;
  readonly site: Locator;
  readonly remember: Locator;
  readonly send: Locator;

  constructor(readonly root: Locator) {
    this.text = root.locator("textarea");
    this.name = root.getByRole("textbox", { name: /^(Name|Nom)/ });
    this.email = root.getByRole("textbox", { name: /^(E-mail|Adresse)/ });
    this.site = root.getByRole("textbox", { name: /^(Website|Site)/ });
    this.remember = root.getByRole("checkbox");
    this.send = root.getByRole("button", { name: /^(Send|Envo)/ });
  }

  static root(page: Page): Composer {
    return new Composer(page.getByRole("region", { name: /^(Write a comment|Écrire un commentaire)$/ }));
  }

  static async reply(page: Page, id: string): Promise<Composer> {
    const answered = row(page, id);
    await answered.getByRole("button", { name: /^(Reply|Répondre)/ }).click();
    return new Composer(answered.locator(".write"));
  }

  async fill(name: string, text: string) {
    await this.name.fill(name);
    await this.text.fill(text);
  }
}

/** Keeps requests waiting until `release` is called. `arrived` is settled by the first of them. */
export async function hold(page: Page | BrowserContext, url: RegExp, method = "GET") {
  let release = () => {};
  let arrive = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(url, async (route) => {
    if (route.request().method() === method) {
      arrive();
      await released;
    }
    await route.fallback();
  });
  return { arrived, release };
}

/** Serves the page with other settings on its element and another `lang`, header and all. */
export async function configure(page: Page, settings: Record<string, string | null>, lang?: string) {
  await page.route(
    (url) => url.pathname === "/",
    async (route) => {
      const response = await route.fetch();
      let html = await response.text();
      html = html.replace(/<[^>]*\bid="?causerie"?[^>]*>/, (tag) => {
        for (const [name, value] of Object.entries(settings)) {
          tag = tag.replace(new RegExp(`\\s${name}=("[^"]*"|[^\\s>]+)`), "");
          if (value !== null) tag = tag.replace(">", ` ${name}="${value}">`);
        }
        return tag;
      });
      // Built for release, the page has no tag for its outermost element.
      if (lang) html = html.replace(/<!doctype html>(\s*<html[^>]*>)?/i, `<!doctype html><html lang="${lang}">`);
      await route.fulfill({ response, body: html });
    },
  );
}

/** Serves the page without its policy, so that what the policy would stop has to be stopped before. */
export async function withoutPolicy(page: Page) {
  await page.route(
    (url) => url.pathname === "/",
    async (route) => {
      const response = await route.fetch();
      const { "content-security-policy": _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    },
  );
}

/** Answers the POST of a comment, and leaves every other request alone. */
export async function answerPost(page: Page, status: number, body: object, headers: Record<string, string> = {}) {
  await page.route(COMMENTS, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fulfill({
      status,
      headers: { "content-type": "application/problem+json", ...headers },
      body: JSON.stringify(body),
    });
  });
}

/** A comment that is on its way, as the device keeps it. */
export type Letter = Record<string, unknown> & { key: string; text: string; state: Unsent };

/** The comments that the device keeps until they have arrived. Pages of the blog share them. */
export async function kept(page: Page): Promise<Letter[]> {
  const records = await page.evaluate(async () => {
    // To open a database that is not there would make an empty one in its place.
    const all = await indexedDB.databases();
    if (!all.some(({ name }) => name === "causerie")) return [];
    return new Promise<string[]>((resolve, reject) => {
      const opening = indexedDB.open("causerie");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const request = opening.result.transaction("outbox").objectStore("outbox").getAll();
        request.onsuccess = () => (opening.result.close(), resolve(request.result));
        request.onerror = () => reject(request.error);
      };
    });
  });
  return records.map((record) => JSON.parse(record));
}

/** Puts records beside those that the device keeps, as earlier visits leave them. */
export function keep(page: Page, records: Record<string, string>) {
  return page.evaluate(
    (records) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("causerie");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction("outbox", "readwrite");
          for (const [key, record] of Object.entries(records)) transaction.objectStore("outbox").put(record, key);
          transaction.oncomplete = () => (opening.result.close(), resolve());
          transaction.onabort = () => reject(transaction.error);
        };
      }),
    records,
  );
}

/**
 * Leaves a thread with a comment in each state that lasts, and two drafts. The page's time has to
 * stand still, for a discarded one goes.
 */
export async function visitWithEveryState(page: Page, blog: Endpoint) {
  const first = `states-${Date.now()}`;
  const thread = await blog.post({
    comments: [{ id: first, name: "Grace", content: "Who is on the train?" }, { id: `${first}-2`, parent: first, name: "Bo" }],
  });
  await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "3000" });
  await page.goto(blog.address(thread));
  await Composer.root(page).fill("Ada", "This one waits until the server has time for it.");
  await Composer.root(page).send.click();
  await expect(unsent(page, "waiting")).toHaveCount(1);
  const [letter] = await kept(page);
  const body = JSON.stringify({
    ...problem("invalid-comment", { content: { code: "spam", detail: "no advertisements, please" } }),
    detail: "the comment is not welcome",
  });
  const others: Partial<Letter>[] = [
    { state: "unsure", text: "Of this one nobody knows whether it has arrived.", unknown: 1, parent: first },
    { state: "refused", text: "Buy this!", more: { status: 422, body } },
    { state: "discarded", text: "This one is better left unsaid.", at: letter.written },
  ];
  const records = others.map((other) => ({ ...letter, at: null, more: null, ...other, key: `${letter.key}-${other.state}` }));
  await keep(page, Object.fromEntries(records.map((record) => [record.key, JSON.stringify(record)])));
  await Composer.root(page).text.fill("Half a sen");
  await (await Composer.reply(page, first)).text.fill("Half an answ");
  await page.reload();
  for (const state of ["waiting", "unsure", "refused", "discarded"] as const) await expect(unsent(page, state)).toHaveCount(1);
  await expect(page.getByText("2 unsent drafts on this page")).toBeVisible();
}

/** A problem of the contract. */
export function problem(code: string, errors: Record<string, { code: string; detail: string }> = {}) {
  return { type: `urn:problem-type:causerie:${code}`, title: code, detail: `${code} happened`, errors };
}

/** Lets everything that is due in this frame and the next happen. */
export async function settle(page: Page) {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
}
