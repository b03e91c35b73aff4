// The elements on a blogger's page: how they come and go, and how they and the page live together.
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { CDPSession, Locator, Page } from "@playwright/test";
import type { Backend, Thread } from "../backends/backend";
import { type Backends, type Blog, expect, need, test } from "../embed";
import { arrived, Composer, FAILED_REQUEST, row, rows, settle, unsent } from "../fixtures";
import { ASSETS, hostPage, origins, policy, tag } from "../pages";

const THREAD = "causerie-thread";
const NAMES = ["causerie", "wordpress", "isso", "static"] as const;

/** All that a test of the page needs of a thread: a comment, and an answer to it. */
const PAIR = [{ id: "first", content: "The first word." }, { id: "second", parent: "first" }];

/** Adds an element to the page, as a site's script does, and waits for nothing. */
async function add(page: Page, attributes: Record<string, string>) {
  await page.evaluate((attributes) => {
    const element = document.createElement("causerie-thread");
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
  }, attributes);
}

/** Changes an attribute of the page's element. */
function change(page: Page, name: string, value: string | null) {
  return page.locator(THREAD).evaluate(
    (element, [name, value]) => {
      if (value === null) element.removeAttribute(name!);
      else element.setAttribute(name!, value!);
    },
    [name, value],
  );
}

/** The addresses that the page asks for from now on. */
function requests(page: Page): string[] {
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  return urls;
}

function composerIn(embed: Locator): Composer {
  return new Composer(embed.getByRole("region", { name: "Write a comment" }));
}

test.describe("coming and going", () => {
  test("several on one page, of several back ends", async ({ page, backends, host }) => {
    const threads: [Backend, Thread][] = [];
    for (const [at, name] of NAMES.entries()) {
      const backend = need<Backend>(backends[name]);
      const comments = Array.from({ length: at + 1 }, (_, number) => ({ id: `c${number}` }));
      threads.push([backend, await backend.post({ comments })]);
    }
    const all = threads.map(([backend, thread]) => backend.attributes(thread));
    const after = all.slice(1).map((attributes) => tag(THREAD, attributes)).join("\n");
    await page.goto(await host.page(all[0], { after, connect: all.flatMap(origins) }));
    const embeds = page.locator(THREAD);
    for (let at = 0; at < NAMES.length; at++) {
      await embeds.nth(at).scrollIntoViewIfNeeded();
      await expect(embeds.nth(at).locator("li.comment")).toHaveCount(at + 1);
    }
    // What is written in one of them is stored there, and shown nowhere else.
    for (let at = 0; at < NAMES.length; at++) {
      const composer = composerIn(embeds.nth(at));
      await composer.fill("Ada", `To number ${at}.`);
      await composer.email.fill("ada@mail.example");
      await composer.send.click();
      await expect(arrived(embeds.nth(at))).toHaveCount(at + 2);
      await expect(page.getByText(`To number ${at}.`)).toHaveCount(1);
      const [backend, thread] = threads[at];
      expect((await backend.stored(thread)).at(-1)?.content).toContain(`To number ${at}.`);
    }
  });

  test("added by script at any time, and removed", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const other = await backends.causerie.post({ comments: [{ id: "only" }] });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page)).toHaveCount(2);
    await add(page, backends.causerie.attributes(other));
    await expect(rows(page)).toHaveCount(3);
    await expect(page.locator(THREAD).nth(1).locator("li.comment")).toHaveCount(1);
    await page.locator(THREAD).first().evaluate((element) => element.remove());
    await expect(rows(page)).toHaveCount(1);
    // The one that is left still works.
    await composerIn(page.locator(THREAD)).fill("Ada", "I am still here.");
    await composerIn(page.locator(THREAD)).send.click();
    await expect(arrived(page)).toHaveCount(2);
  });

  test("one that was removed shows its thread again when it is put back", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page)).toHaveCount(2);
    const embed = await page.locator(THREAD).elementHandle();
    await embed!.evaluate((element) => element.remove());
    await settle(page);
    expect(await embed!.evaluate((element) => element.shadowRoot!.querySelectorAll(".causerie").length)).toBe(0);
    await embed!.evaluate((element) => document.body.append(element));
    await expect(rows(page)).toHaveCount(2);
  });

  test("one that is removed while it loads leaves nothing and breaks nothing", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const attributes = backends.causerie.attributes(thread);
    await page.goto(await host.page(attributes));
    await expect(rows(page)).toHaveCount(2);
    for (let at = 0; at < 10; at++) {
      await page.evaluate(
        async ([attributes, pause]) => {
          const element = document.createElement("causerie-thread");
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
          document.body.append(element);
          await new Promise((resolve) => setTimeout(resolve, pause));
          element.remove();
        },
        [attributes, at * 4] as const,
      );
    }
    await settle(page);
    await expect(page.locator(THREAD)).toHaveCount(1);
    await expect(rows(page)).toHaveCount(2);
  });

  for (const [how, move] of [
    ["append", (element: Element) => document.querySelector("#there")!.append(element)],
    [
      "moveBefore",
      (element: Element) => (document.querySelector("#there") as never as { moveBefore(...nodes: unknown[]): void }).moveBefore(element, null),
    ],
  ] as const) {
    test(`moved in the page by ${how}, it keeps what is typed and how it looks`, async ({ page, backends, host }) => {
      const thread = await backends.causerie.post({ comments: PAIR });
      const after = '<div id="there"></div>';
      await page.goto(await host.page(backends.causerie.attributes(thread), { after }));
      await expect(rows(page)).toHaveCount(2);
      const answer = await Composer.reply(page, thread.ids.first);
      await answer.fill("Ada", "Half a sen");
      await composerIn(page.locator(THREAD)).text.fill("And another on");
      const asked = requests(page);
      const seen = await heights(page, move);
      await expect(page.locator("#there").locator(THREAD)).toHaveCount(1);
      await expect(answer.text).toHaveValue("Half a sen");
      await expect(composerIn(page.locator(THREAD)).text).toHaveValue("And another on");
      await expect(answer.name).toHaveValue("Ada");
      // A style sheet in a link is loaded anew, and until then nothing has a style.
      expect(new Set(seen).size, `${seen}`).toBe(1);
      expect(asked.filter((url) => !url.endsWith(".css"))).toEqual([]);
      await answer.text.fill("A whole sentence.");
      await answer.send.click();
      await expect(arrived(page)).toHaveCount(3);
    });
  }

  /** How high a button is before the element is moved, and in each frame after it. */
  async function heights(page: Page, move: (element: Element) => void): Promise<number[]> {
    const embed = page.locator(THREAD);
    const height = () =>
      embed.evaluate(async (element) => {
        const heights: number[] = [];
        for (let frame = 0; frame < 10; frame++) {
          heights.push(element.shadowRoot!.querySelector("button.primary")!.getBoundingClientRect().height);
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        return heights;
      });
    const before = await height();
    const [, after] = await Promise.all([embed.evaluate(move), height()]);
    return [...before, ...after];
  }

  test("the attribute thread is watched", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const other = await backends.causerie.post({ comments: [{ id: "only", content: "Of the other." }] });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page)).toHaveCount(2);
    await change(page, "thread", other.key);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("Of the other.");
    // What is written now goes to the thread that is shown.
    await composerIn(page.locator(THREAD)).fill("Ada", "Here?");
    await composerIn(page.locator(THREAD)).send.click();
    await expect(arrived(page)).toHaveCount(2);
    expect((await backends.causerie.stored(other)).map(({ content }) => content)).toContain("<p>Here?</p>");
    // Of several changes in one moment only the last is followed.
    const asked = requests(page);
    await page.locator(THREAD).evaluate(
      (element, keys) => keys.forEach((key) => element.setAttribute("thread", key)),
      [thread.key, other.key, thread.key],
    );
    await expect(rows(page)).toHaveCount(2);
    await expect(rows(page).first()).toContainText("The first word.");
    expect(asked.filter((url) => url.includes("/comments"))).toHaveLength(1);
  });

  test("the attribute backend is watched, with its endpoint", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const file = await backends.static.post({ comments: [{ id: "only" }] });
    const attributes = backends.static.attributes(file);
    await page.goto(await host.page(backends.causerie.attributes(thread), { connect: origins(attributes) }));
    await expect(rows(page)).toHaveCount(2);
    await page.locator(THREAD).evaluate((element, attributes) => {
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }, attributes);
    await expect(rows(page)).toHaveCount(1);
  });

  test("the attribute sort is watched, and what is typed stays", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: [{ id: "old" }, { id: "new" }] });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page).first()).toHaveAttribute("id", `comment-${thread.ids.old}`);
    await composerIn(page.locator(THREAD)).text.fill("Half a sen");
    await change(page, "sort", "newest");
    await expect(rows(page).first()).toHaveAttribute("id", `comment-${thread.ids.new}`);
    await expect(composerIn(page.locator(THREAD)).text).toHaveValue("Half a sen");
    await change(page, "sort", null);
    await expect(rows(page).first()).toHaveAttribute("id", `comment-${thread.ids.old}`);
  });

  test("the attribute lang is watched, and the page keeps its own", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(page.getByRole("heading", { level: 2, name: "2 comments" })).toBeVisible();
    await change(page, "lang", "fr");
    await expect(page.getByRole("heading", { level: 2, name: "2 commentaires" })).toBeVisible();
    await change(page, "lang", null);
    await expect(page.getByRole("heading", { level: 2, name: "2 comments" })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expect(page).toHaveTitle("A post");
  });

  test("the attribute theme is watched, and nothing is loaded for it", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const followed = page.waitForRequest(/\/events\?/);
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page)).toHaveCount(2);
    await followed;
    const asked = requests(page);
    await expectTheme(page, "light");
    await change(page, "theme", "dark");
    await expectTheme(page, "dark");
    await change(page, "theme", "auto");
    await expectTheme(page, "light");
    expect(asked).toEqual([]);
  });

  test("two hundred come and go, and nothing of them stays", async ({ page, backends, host }) => {
    test.setTimeout(90_000);
    const thread = await backends.causerie.post({ comments: PAIR });
    const attributes = backends.causerie.attributes(thread);
    await page.goto(await host.page(attributes));
    await expect(rows(page)).toHaveCount(2);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    await comeAndGo(page, attributes, 20);
    const before = await weigh(page, session);
    await comeAndGo(page, attributes, 180);
    const after = await weigh(page, session);
    // A view that stays has hundreds of nodes, dozens of listeners and some 50 kB. What is never freed on
    // purpose, see src/state/kept.rs, is 1.3 kB of the module's memory for each.
    expect(after.nodes - before.nodes).toBeLessThan(180);
    expect(after.listeners - before.listeners).toBeLessThan(180);
    expect(after.heap - before.heap).toBeLessThan(180 * 2_000);
    expect(after.module - before.module).toBeLessThan(180 * 2_000);
  });

  test("far below the window nothing is loaded but the boot script, until the reader comes near", async ({
    page,
    backends,
    host,
  }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const style = await host.style(".far { height: 5000px }");
    const options = { head: `<link rel="stylesheet" href="${style}">\n`, before: '<div class="far"></div>' };
    const asked = requests(page);
    const address = await host.page(backends.causerie.attributes(thread), options);
    await page.goto(address, { waitUntil: "networkidle" });
    const boot = `${host.origin}${ASSETS}/causerie.js`;
    expect(asked.sort()).toEqual([address, style, boot].sort());
    await page.evaluate(() => scrollTo(0, 2_000));
    await settle(page);
    expect(asked).toHaveLength(3);
    // Less than a window away.
    await page.evaluate(() => scrollTo(0, 3_800));
    await expect(rows(page)).toHaveCount(2);
    expect(asked.filter((url) => url.endsWith(".wasm"))).toHaveLength(1);
  });
});

async function comeAndGo(page: Page, attributes: Record<string, string>, times: number) {
  await page.evaluate(
    async ([attributes, times]) => {
      for (let at = 0; at < times; at++) {
        const element = document.createElement("causerie-thread");
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        const isThere = new Promise((resolve) => element.addEventListener("causerie:count", resolve));
        document.body.prepend(element);
        await isThere;
        element.remove();
      }
    },
    [attributes, times] as const,
  );
}

/** What the page takes, once all that can go is gone. The module's memory never shrinks. */
async function weigh(page: Page, session: CDPSession) {
  await settle(page);
  // The second time takes what the first has set free.
  for (let at = 0; at < 3; at++) await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  const module = await page.evaluate(async () => {
    const glue = performance.getEntriesByType("resource").find(({ name }) => /causerie-[\w-]+\.js$/.test(name))!;
    const { memory } = await (await import(glue.name)).default();
    return memory.buffer.byteLength as number;
  });
  return { nodes: metric("Nodes"), listeners: metric("JSEventListeners"), heap: metric("JSHeapUsedSize"), module };
}

test.describe("the thread's key", () => {
  /** Stores a thread under any key with the project's own endpoint. */
  async function store(backends: Backends, key: string, content: string) {
    const item = { id: key, title: key, content_html: "<p>A post.</p>", date_published: "2026-01-01T00:00:00Z" };
    const comment = { id: `k-${++stored}-${process.pid}`, author: { name: "Ada" }, content, published: "2026-01-01T00:00:00Z" };
    const feed = { title: "Keys", items: [{ ...item, _causerie: { thread: key, comments: [comment] } }] };
    const file = join(tmpdir(), `causerie-key-${process.pid}-${stored}.json`);
    await writeFile(file, JSON.stringify(feed));
    await backends.causerie.endpoint.run("import", file);
  }
  let stored = 0;

  const keyless = (backends: Backends) => ({ backend: "causerie", endpoint: `${backends.causerie.endpoint.url}/api` });

  test("is the page's address without fragment, tracking parameters and slash at the end", async ({
    page,
    backends,
    host,
  }) => {
    const address = await host.page(keyless(backends));
    const { host: name, pathname } = new URL(address);
    await store(backends, `${name}${pathname.slice(0, -1)}`, "On this page.");
    // The same page without the slash, and another page.
    const bare = hostPage(keyless(backends));
    await fetch(address.slice(0, -1), { method: "PUT", body: JSON.stringify(bare) });
    const other = await host.page(keyless(backends));
    await store(backends, `${name}${new URL(other).pathname.slice(0, -1)}`, "On another.");
    for (const way of ["", "#top", "?utm_source=feed&utm_medium=rss", "?fbclid=1#x"]) {
      await page.goto(`${address}${way}`);
      await expect(rows(page)).toContainText("On this page.");
      await page.goto(`${address.slice(0, -1)}${way}`);
      await expect(rows(page)).toContainText("On this page.");
    }
    await page.goto(other);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("On another.");
  });

  test("keeps the parameters that make another page", async ({ page, backends, host }) => {
    const address = await host.page(keyless(backends));
    const key = address.replace("http://", "").slice(0, -1);
    await store(backends, `${key}?p=1`, "On page one.");
    await store(backends, `${key}?p=2`, "On page two.");
    await page.goto(`${address}?p=1&utm_campaign=x`);
    await expect(rows(page)).toContainText("On page one.");
    await page.goto(`${address}?p=2`);
    await expect(rows(page)).toContainText("On page two.");
  });

  test("is the page's canonical address, where it has one", async ({ page, backends, host }) => {
    const path = `canon-${process.pid}-${Date.now()}`;
    await store(backends, `blog.example/${path}`, "Under its true name.");
    for (const href of [`https://blog.example/${path}/`, `http://blog.example/${path}#top`]) {
      await page.goto(await host.page(keyless(backends), { head: `<link rel="canonical" href="${href}">\n` }));
      await expect(rows(page)).toContainText("Under its true name.");
    }
  });

  test("is a path for Isso: two addresses of one page share it, two pages do not", async ({ page, backends, host }) => {
    const isso = need(backends.isso);
    const { thread: _, ...attributes } = isso.attributes(await isso.post());
    const path = `/p-${process.pid}-${Date.now()}/`;
    const head = `<link rel="canonical" href="https://blog.example${path}">\n`;
    await page.goto(await host.page(attributes, { head }));
    await composerIn(page.locator(THREAD)).fill("Ada", "Once.");
    await composerIn(page.locator(THREAD)).send.click();
    await expect(arrived(page)).toHaveCount(1);
    await page.goto(await host.page(attributes, { head }));
    await expect(rows(page)).toHaveCount(1);
    expect(await isso.stored({ key: path, origin: attributes.endpoint, ids: {} })).toHaveLength(1);
    await page.goto(await host.page(attributes));
    await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
  });

  test("is the slug for WordPress", async ({ page, backends, host }) => {
    const wordpress = need(backends.wordpress);
    const thread = await wordpress.post({ comments: PAIR });
    const { thread: _, ...attributes } = wordpress.attributes(thread);
    const head = `<link rel="canonical" href="https://blog.example/2026/${thread.slug}/">\n`;
    await page.goto(await host.page(attributes, { head }));
    await expect(rows(page)).toHaveCount(2);
  });

  for (const name of ["wordpress", "static"] as const) {
    test(`an address that makes none is no thread that all pages share (${name})`, async ({ page, backends, host }) => {
      const backend = need<Backend>(backends[name]);
      const { thread: _, ...attributes } = backend.attributes(await backend.post({ comments: PAIR }));
      const head = '<link rel="canonical" href="https://blog.example/">\n';
      const asked = requests(page);
      await page.goto(await host.page(attributes, { head }));
      const notice = page.getByRole("alert");
      await expect(notice).toContainText("This page is not set up yet");
      await expect(notice.getByRole("listitem")).toHaveText([/^thread: expected .*, which this page's address does not/]);
      expect(asked.filter((url) => url.startsWith(attributes.endpoint.slice(0, 20)) && !url.startsWith(host.origin))).toEqual([]);
    });
  }

  test("settings that make no sense are told by the names of the element's attributes", async ({ page, host }) => {
    await page.goto(await host.page({ backend: "drupal", view: "tree" }));
    const notice = page.getByRole("alert");
    await expect(notice.getByRole("listitem")).toHaveText([
      'backend: expected causerie, wordpress, isso or static, found "drupal"',
      "endpoint: expected the address of a comment endpoint, such as ./api, found nothing",
      'view: expected threads or flat, found "tree"',
    ]);
    // The title in the browser's tab is the page's.
    await expect(page).toHaveTitle("A post");
  });
});

const INK = { light: "rgb(36, 33, 29)", dark: "rgb(232, 227, 217)" };

async function expectTheme(page: Page, theme: "light" | "dark") {
  await expect(page.locator(THREAD).locator(".causerie").first()).toHaveCSS("color", INK[theme]);
}

/** The elements of the page whose look must not depend on the embed. */
const SAMPLE = `
<p class="lead">Words with a <a href="#x">link</a>, <code>code</code> and <em>stress</em>.</p>
<ul class="comments"><li class="comment">One</li></ul>
<blockquote class="thread">Said.</blockquote>
<form class="write field"><label>Name <input name="q" value="x"></label> <select><option>A</option></select>
<textarea>t</textarea> <button type="button" class="primary">Press</button></form>
<table class="meta"><tr><th>H</th><td>D</td></tr></table>
<section class="causerie embed notice"><h2 class="title">Mine</h2><p hidden>Not shown</p></section>
`;

/** What all properties of all elements of the page are, but for the embed and what it is in. */
function look(page: Page) {
  return page.evaluate(() => {
    const sizes = /^(height|block-size|perspective-origin|transform-origin)$/;
    const looks: Record<string, string> = {};
    const all = document.querySelectorAll("html, body, body > :not(causerie-thread), body > :not(causerie-thread) *");
    for (const [at, element] of [...all].entries()) {
      const holdsEmbed = element === document.body || element === document.documentElement;
      for (const pseudo of ["", "::before", "::after"]) {
        const style = getComputedStyle(element, pseudo);
        // Of the page's height the embed has its share.
        const names = [...style].filter((name) => !(holdsEmbed && sizes.test(name)));
        looks[`${at} ${element.localName}${pseudo}`] = names.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("\n");
      }
    }
    return looks;
  });
}

function sheets(page: Page) {
  return page.evaluate(() => ({
    sheets: [...document.styleSheets].map((sheet) => `${sheet.href} ${sheet.disabled} ${sheet.cssRules.length}`),
    adopted: document.adoptedStyleSheets.length,
    globals: Object.getOwnPropertyNames(window).filter((name) => !/^\d+$/.test(name)),
  }));
}

const MODULES = fileURLToPath(new URL("../node_modules/", import.meta.url));
const file = (path: string) => readFile(join(MODULES, path), "utf8");

/** Style sheets of sites, from harmless to hostile. */
const SITES: Record<string, () => string | Promise<string>> = {
  "a reset": () => `
    html, body, div, span, h1, h2, h3, p, blockquote, a, code, em, ol, ul, li, form, label, table, tr, th, td, section {
      margin: 0; padding: 0; border: 0; font: inherit; font-size: 100%; vertical-align: baseline }
    * { box-sizing: border-box } ol, ul { list-style: none } button, input, select, textarea { appearance: none; font: inherit;
      border: 0; padding: 0; background: none } a { color: inherit; text-decoration: none }`,
  "* { all: unset }": () => "* { all: unset }",
  "* { all: unset !important }": () => "* { all: unset !important }",
  "buttons and fields that are hidden": () => "button, input, textarea, select, form, label { display: none }",
  "html { font-size: 62.5% }": () => "html { font-size: 62.5% } body { font-size: 1.8rem }",
  "a body with unusual text": () => `
    body { text-transform: uppercase; letter-spacing: 1em; word-spacing: 3em; line-height: 0; text-indent: 20em;
      font: italic 900 3px/0 cursive; text-align: right; white-space: nowrap; color: #fff; cursor: none; visibility: hidden;
      pointer-events: none; user-select: none; text-shadow: 0 0 9px red; list-style: square inside; quotes: none }`,
  "everything !important": () => `
    * { position: static !important; color: #eee !important; background: #fff !important;
      width: auto !important; font: 9px/1 serif !important; margin: -1px !important; display: inline !important }`,
  "a dark site": () => "html { background: #101014; color: #ddd } p { margin: 2em }",
  Bootstrap: () => file("bootstrap/dist/css/bootstrap.min.css"),
  // As it is published, before a build: the functions in it, such as --theme(), are not for browsers.
  "Tailwind's preflight": () => file("tailwindcss/preflight.css"),
};

for (const [site, css] of Object.entries(SITES)) {
  test.describe(site, () => {
    test("the thread can be read, answered and sent, and seen", async ({ page, backends, host, complaints }) => {
      complaints.allow(...AXE);
      const thread = await backends.causerie.post({ comments: PAIR });
      const head = `<link rel="stylesheet" href="${await host.style(await css())}">\n`;
      await page.goto(await host.page(backends.causerie.attributes(thread), { head, before: SAMPLE }));
      await expect(row(page, thread.ids.first).getByText("The first word.")).toBeVisible();
      const answer = await Composer.reply(page, thread.ids.first);
      await expectUsable(page);
      await answer.fill("Ada", "I can read you.");
      await answer.send.click();
      await expect(arrived(page).filter({ hasText: "I can read you." })).toBeVisible();
      expect(await backends.causerie.stored(thread)).toHaveLength(3);
    });

    test("the page looks the same with the embed and without it", async ({ page, backends, host }) => {
      const thread = await backends.causerie.post({ comments: PAIR });
      const head = `<link rel="stylesheet" href="${await host.style(await css())}">\n`;
      const attributes = backends.causerie.attributes(thread);
      const { html, headers } = hostPage(attributes, { head, before: SAMPLE });
      const without = html.replace(/<script .*<\/script>/, "").replace(/<causerie-thread.*<\/causerie-thread>/, "");
      await page.goto(await host.put({ html: without, headers }, []));
      const [looks, styles] = [await look(page), await sheets(page)];
      await page.goto(await host.put({ html, headers }, origins(attributes)));
      await expect(page.locator(THREAD).locator("li.comment")).toHaveCount(2);
      await (await Composer.reply(page, thread.ids.first)).fill("Ada", "And now?");
      expect(await look(page)).toEqual(looks);
      expect(await sheets(page)).toEqual(styles);
    });
  });
}

const LAYOUTS: Record<string, string> = {
  "a column that centers": "main { display: flex; flex-direction: column; align-items: center }",
  "a row beside others": "main { display: flex; gap: 1em } aside { width: 100px }",
  "a grid that centers": "main { display: grid; justify-items: center }",
  "a float": "main { float: left }",
  "a table's cell": "main { display: table-cell }",
  "something as wide as its content": "main { width: fit-content }",
  "a narrow column": "main { width: 300px }",
};

for (const [layout, css] of Object.entries(LAYOUTS)) {
  test(`the embed is as wide as it can be in ${layout}`, async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const head = `<link rel="stylesheet" href="${await host.style(`${css} body { margin: 8px }`)}">\n`;
    const options = { head, before: "<main>", after: "<aside></aside></main>" };
    await page.goto(await host.page(backends.causerie.attributes(thread), options));
    await expect(row(page, thread.ids.first).getByText("The first word.")).toBeVisible();
    const { width } = (await page.locator(THREAD).boundingBox())!;
    expect(width).toBeGreaterThanOrEqual(300);
    // And nothing stands out of the page at the side.
    for (const wide of [1280, 360]) {
      await page.setViewportSize({ width: wide, height: 700 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(wide);
    }
  });
}

/** Holds that what the embed shows is large enough, in colors that can be read. */
async function expectUsable(page: Page) {
  const small = await page.locator(THREAD).evaluate((host) => {
    const found: string[] = [];
    for (const element of host.shadowRoot!.querySelectorAll<HTMLElement>(".embed *")) {
      if (element.closest(".visually-hidden, .trap, [hidden]") || !element.checkVisibility({ visibilityProperty: true })) continue;
      const { height, width } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const told = `<${element.localName} class="${element.className}"> ${element.textContent!.slice(0, 30)}`;
      const size = parseFloat(style.fontSize);
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue!.trim());
      if (hasText && size < 14) found.push(`text of ${size}px: ${told}`);
      if (hasText && (parseFloat(style.lineHeight) < size || style.letterSpacing !== "normal")) found.push(`spaced text: ${told}`);
      if (hasText && style.textTransform !== "none") found.push(`changed letters: ${told}`);
      if (element.matches("button, input:not([type=checkbox]), select, textarea") && (height < 24 || width < 24)) {
        found.push(`${width} x ${height}: ${told}`);
      }
      if (element.matches("button, input, select, textarea, a")) {
        element.scrollIntoView({ block: "center", behavior: "instant" });
        const { x, y, width, height } = element.getBoundingClientRect();
        const hit = host.shadowRoot!.elementFromPoint(x + width / 2, y + height / 2);
        if (!hit || !(element.contains(hit) || hit.contains(element))) found.push(`covered: ${told}`);
      }
    }
    return found;
  });
  expect.soft(small).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).include(THREAD).withRules(["color-contrast", "target-size"]).analyze();
  expect.soft(violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message}`))).toEqual([]);
}

test.describe("a theme", () => {
  const TOKENS: [token: string, value: string, selector: string, property: string, computed: string][] = [
    ["ink", "#010203", ".causerie", "color", "rgb(1, 2, 3)"],
    ["muted", "#010203", ".comment .meta", "color", "rgb(1, 2, 3)"],
    ["accent", "#010203", "button.primary", "background-color", "rgb(1, 2, 3)"],
    ["on-accent", "#010203", "button.primary", "color", "rgb(1, 2, 3)"],
    ["paper", "#010203", "textarea", "background-color", "rgb(1, 2, 3)"],
    ["line", "#010203", "select", "border-top-color", "rgb(1, 2, 3)"],
    ["radius", "7px", "textarea", "border-top-left-radius", "7px"],
    ["size", "31px", ".causerie", "font-size", "31px"],
    ["leading", "41px", ".causerie", "line-height", "41px"],
    ["font-ui", "fantasy", "button.primary", "font-family", "fantasy"],
    ["font-text", "fantasy", ".prose", "font-family", "fantasy"],
  ];
  for (const [token, value, selector, property, computed] of TOKENS) {
    test(`--causerie-${token} on the element takes effect`, async ({ page, backends, host }) => {
      const thread = await backends.causerie.post({ comments: PAIR });
      const style = await host.style(`${THREAD} { --causerie-${token}: ${value} }`);
      await page.goto(await host.page(backends.causerie.attributes(thread), { head: `<link rel="stylesheet" href="${style}">\n` }));
      await expect(page.locator(THREAD).locator(selector).first()).toHaveCSS(property, computed);
    });
  }

  test("::part() reaches all parts", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const parts = ["thread", "toolbar", "comments", "comment", "author", "text", "actions", "composer", "field", "button"];
    const rules = parts.map((part, at) => `${THREAD}::part(${part}) { outline: ${at + 1}px dashed rgb(1, 2, 3) }`);
    const style = await host.style(rules.join("\n"));
    const head = `<link rel="stylesheet" href="${style}">\n`;
    await page.goto(await host.page(backends.causerie.attributes(thread), { head }));
    await expect(rows(page)).toHaveCount(2);
    for (const [at, part] of parts.entries()) {
      const found = page.locator(THREAD).locator(`[part~="${part}"]`);
      await expect(found.first()).toHaveCSS("outline-width", `${at + 1}px`);
      await expect(found.first()).toHaveCSS("outline-style", "dashed");
    }
    // All that can be pressed is a button for the site, and each field is a field.
    await expect(page.locator(THREAD).locator("button:not([part~=button])")).toHaveCount(0);
    await expect(page.locator(THREAD).locator("textarea:not([part~=field]), .identity input:not([part~=field])")).toHaveCount(0);
  });

  test("::part(notice) reaches what went wrong", async ({ page, host }) => {
    const style = await host.style(`${THREAD}::part(notice) { outline: 9px dashed rgb(1, 2, 3) }`);
    await page.goto(await host.page({ backend: "drupal" }, { head: `<link rel="stylesheet" href="${style}">\n` }));
    await expect(page.getByRole("alert")).toHaveCSS("outline-width", "9px");
  });

  /** A page that has the site's own switch in its style. */
  async function open(page: Page, { backends, host }: { backends: Backends; host: Blog }, css: string, attributes = {}) {
    const thread = await backends.causerie.post({ comments: PAIR });
    const head = `<link id="style" rel="stylesheet" href="${await host.style(css)}">\n`;
    await page.goto(await host.page({ ...backends.causerie.attributes(thread), ...attributes }, { head }));
    await expect(rows(page)).toHaveCount(2);
  }

  const SWITCHES: Record<string, { css: string; press: (on: boolean) => void }> = {
    "a class on html": {
      css: "html { background: #fff } html.dark { background: #111 }",
      press: (on) => document.documentElement.classList.toggle("dark", on),
    },
    "data-theme on body": {
      css: "body { background: #fff } body[data-theme=dark] { background: #111 }",
      press: (on) => (document.body.dataset.theme = on ? "dark" : "light"),
    },
    "a background set by script": {
      css: "",
      press: (on) => (document.body.style.backgroundColor = on ? "#123" : "#fed"),
    },
    "the style sheet for the dark, enabled": {
      css: "body { background: #fff }",
      press: (on) => ((document.querySelector("#dark") as HTMLLinkElement).media = on ? "all" : "not all"),
    },
    "a class on what is around the element": {
      css: "main { background: #fff } main.dark { background: #111 }",
      press: (on) => document.querySelector("main")!.classList.toggle("dark", on),
    },
    "color-scheme alone": {
      css: ":root { color-scheme: light } :root.dark { color-scheme: dark }",
      press: (on) => document.documentElement.classList.toggle("dark", on),
    },
    "colors that take a second to change": {
      css: "html { background: #fff; transition: background 1s } html.dark { background: #111 }",
      press: (on) => document.documentElement.classList.toggle("dark", on),
    },
  };
  for (const [name, { css, press }] of Object.entries(SWITCHES)) {
    test(`follows the site's own switch: ${name}`, async ({ page, backends, host }) => {
      const thread = await backends.causerie.post({ comments: PAIR });
      const dark = await host.style("body { background: #111 }");
      const head = `<link rel="stylesheet" href="${await host.style(css)}">
<link id="dark" rel="stylesheet" href="${dark}" media="not all">\n`;
      const options = { head, before: "<main>", after: "</main>" };
      await page.goto(await host.page({ ...backends.causerie.attributes(thread), theme: "auto" }, options));
      await expect(rows(page)).toHaveCount(2);
      await expectTheme(page, "light");
      await page.evaluate(press, true);
      await expectTheme(page, "dark");
      await page.evaluate(press, false);
      await expectTheme(page, "light");
    });
  }

  test("follows the reader's preference where the site does", async ({ page, backends, host }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    const css = "html { background: #fff } @media (prefers-color-scheme: dark) { html { background: #111 } }";
    await open(page, { backends, host }, css);
    await expectTheme(page, "dark");
    await page.emulateMedia({ colorScheme: "light" });
    await expectTheme(page, "light");
  });

  test("does not follow it where the site is light for all", async ({ page, backends, host }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await open(page, { backends, host }, "");
    await expectTheme(page, "light");
  });

  test("follows it where the site leaves its colors to the browser", async ({ page, backends, host }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await open(page, { backends, host }, ":root { color-scheme: light dark }");
    await expectTheme(page, "dark");
    await page.emulateMedia({ colorScheme: "light" });
    await expectTheme(page, "light");
  });

  for (const [color, theme] of [
    ["oklch(0.98 0.01 90)", "light"],
    ["oklch(0.2 0.02 260)", "dark"],
    ["oklab(0.95 0 0)", "light"],
    ["lab(95 0 0)", "light"],
    ["lab(10 0 0)", "dark"],
    ["color(display-p3 1 1 1)", "light"],
    ["color(srgb 0.1 0.1 0.1)", "dark"],
    ["color-mix(in oklab, white 95%, black)", "light"],
    ["hsl(50 80% 92%)", "light"],
    ["rgb(255 255 255 / 0.02)", "light"],
  ] as const) {
    test(`a background of ${color} is ${theme}`, async ({ page, backends, host }) => {
      await open(page, { backends, host }, `body { background: ${color} }`);
      await expectTheme(page, theme);
    });
  }

  test("dark is dark wherever it stands", async ({ page, backends, host }) => {
    await open(page, { backends, host }, "html { background: #fff } html.x { background: #fffffe }", { theme: "dark" });
    await expectTheme(page, "dark");
    await page.evaluate(() => (document.documentElement.className = "x"));
    await page.emulateMedia({ colorScheme: "light" });
    await settle(page);
    await expectTheme(page, "dark");
  });
});

test.describe("links", () => {
  const LONG = Array.from({ length: 30 }, (_, at) => ({ id: `c${at}`, parent: at % 3 === 1 ? `c${at - 1}` : undefined }));
  const MARK = "data-target";

  test("a link to a comment leads to it, with focus and mark", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: LONG });
    const address = await host.page(backends.causerie.attributes(thread));
    await page.goto(`${address}#comment-${thread.ids.c20}`);
    await expect(row(page, thread.ids.c20)).toBeFocused();
    await expect(row(page, thread.ids.c20)).toHaveAttribute(MARK, "");
    await expect(row(page, thread.ids.c20)).toBeInViewport({ ratio: 1 });
  });

  test("such a link loads a thread that is far below the window", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: LONG });
    const style = await host.style(".far { height: 5000px }");
    const options = { head: `<link rel="stylesheet" href="${style}">\n`, before: '<div class="far"></div>' };
    const address = await host.page(backends.causerie.attributes(thread), options);
    await page.goto(`${address}#comment-${thread.ids.c20}`);
    await expect(row(page, thread.ids.c20)).toBeFocused();
    await expect(row(page, thread.ids.c20)).toBeInViewport({ ratio: 1 });
  });

  test("a comment's own link and back lead from comment to comment", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: LONG });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    const [from, to] = [row(page, thread.ids.c10), row(page, thread.ids.c25)];
    await from.locator(".permalink").click();
    await expect(page).toHaveURL(new RegExp(`#comment-${thread.ids.c10}$`));
    await expect(from).toBeFocused();
    await to.locator(".answers").click();
    await expect(row(page, thread.ids.c24)).toBeFocused();
    await expect(row(page, thread.ids.c24)).toHaveAttribute(MARK, "");
    await expect(page.locator(`[${MARK}]`)).toHaveCount(1);
    await page.goBack();
    await expect(from).toBeFocused();
    await expect(from).toHaveAttribute(MARK, "");
    await expect(from).toBeInViewport();
    await expect(page.locator(`[${MARK}]`)).toHaveCount(1);
    await page.goForward();
    await expect(row(page, thread.ids.c24)).toBeFocused();
  });

  test("a link that is followed a second time leads there again", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: LONG });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    const answered = row(page, thread.ids.c0);
    for (let at = 0; at < 2; at++) {
      await row(page, thread.ids.c1).locator(".answers").click();
      await expect(answered).toBeFocused();
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      await row(page, thread.ids.c28).focus();
    }
  });

  test("of several threads, that with the comment leads there", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: PAIR });
    const other = await backends.causerie.post({ comments: PAIR });
    const after = tag(THREAD, backends.causerie.attributes(other));
    const address = await host.page(backends.causerie.attributes(thread), { after });
    await page.goto(`${address}#comment-${other.ids.second}`);
    await expect(row(page, other.ids.second)).toBeFocused();
  });

  test("a fragment of the page's own is left to the page", async ({ page, backends, host }) => {
    const thread = await backends.causerie.post({ comments: LONG });
    const after = '<p id="end" tabindex="-1">The end</p>';
    await page.goto(await host.page(backends.causerie.attributes(thread), { after }));
    await expect(rows(page)).toHaveCount(30);
    await page.evaluate(() => (location.hash = "end"));
    await expect(page.locator("#end")).toBeInViewport();
    await expect(page.locator(`[${MARK}]`)).toHaveCount(0);
  });

  test("a search in the page finds what is in a thread", async ({ page, backends, host }) => {
    const comments = [...PAIR, { id: "third", content: "The word is rhododendron." }];
    const thread = await backends.causerie.post({ comments });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page)).toHaveCount(3);
    const find = (text: string) => page.evaluate((text) => (window as never as { find(text: string): boolean }).find(text), text);
    expect(await find("rhododendron")).toBe(true);
    expect(await find("rhododendrons")).toBe(false);
  });
});

test("the form is one that browsers and password managers can fill", async ({ page, backends, host }) => {
  const thread = await backends.causerie.post();
  await page.goto(await host.page(backends.causerie.attributes(thread)));
  const form = page.locator(THREAD).locator("form");
  for (const [field, type, autocomplete] of [["Name", "text", "name"], ["E-mail", "email", "email"], ["Website", "url", "url"]]) {
    const input = form.getByRole("textbox", { name: new RegExp(`^${field}`) });
    await expect(input).toHaveAttribute("type", type);
    await expect(input).toHaveAttribute("autocomplete", autocomplete);
    expect(await input.evaluate((input: HTMLInputElement) => input.form?.localName)).toBe("form");
  }
  await expect(form.locator("button[type=submit]")).toHaveCount(1);
  // What they fill in is taken, though no key was pressed.
  await form.getByRole("textbox", { name: /^Name/ }).evaluate((input: HTMLInputElement) => {
    input.value = "Ada Lovelace";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await composerIn(page.locator(THREAD)).text.fill("Filled in.");
  await composerIn(page.locator(THREAD)).send.click();
  await expect(rows(page)).toContainText("Ada Lovelace");
});

test.describe("what the page is told", () => {
  type Told = { type: string; detail: Record<string, unknown>; bubbles: boolean; composed: boolean; isHost: boolean };

  /** Listens on the document from before the first script runs. */
  async function listen(page: Page) {
    await page.addInitScript(() => {
      const told: Told[] = [];
      Object.assign(window, { told });
      for (const name of ["ready", "count", "submitted", "error"]) {
        document.addEventListener(`causerie:${name}`, (event) => {
          const { type, detail, bubbles, composed, target } = event as CustomEvent;
          told.push({ type, detail, bubbles, composed, isHost: (target as Element).localName === "causerie-thread" });
        });
      }
    });
    return () => page.evaluate(() => (window as never as { told: Told[] }).told);
  }

  test("ready, count and submitted", async ({ page, backends, host }) => {
    const told = await listen(page);
    const thread = await backends.causerie.post({ comments: PAIR });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await expect(rows(page)).toHaveCount(2);
    const common = { bubbles: true, composed: true, isHost: true };
    await expect.poll(told).toEqual([
      { type: "causerie:ready", detail: { count: 2 }, ...common },
      { type: "causerie:count", detail: { count: 2 }, ...common },
    ]);
    await composerIn(page.locator(THREAD)).fill("Ada", "Hear, hear.");
    await composerIn(page.locator(THREAD)).send.click();
    await expect(arrived(page)).toHaveCount(3);
    const stored = (await backends.causerie.stored(thread)).at(-1)!;
    const more = (await told()).slice(2);
    expect(more).toContainEqual({ type: "causerie:submitted", detail: { id: stored.id, held: false }, ...common });
    // The page's own number is right again.
    expect(more).toContainEqual({ type: "causerie:count", detail: { count: 3 }, ...common });
  });

  test("that a comment is held", async ({ page, backends, host }) => {
    const told = await listen(page);
    const thread = await backends.causerie.post({ accepts: "moderated" });
    await page.goto(await host.page(backends.causerie.attributes(thread)));
    await composerIn(page.locator(THREAD)).fill("Ada", "May I?");
    await composerIn(page.locator(THREAD)).send.click();
    await expect(arrived(page)).toHaveCount(1);
    const submitted = (await told()).filter(({ type }) => type === "causerie:submitted");
    expect(submitted).toEqual([
      { type: "causerie:submitted", detail: { id: expect.any(String), held: true }, bubbles: true, composed: true, isHost: true },
    ]);
  });

  test("that the comments could not be had, and that a comment could not be sent", async ({
    page,
    backends,
    host,
    proxyFor,
    complaints,
  }) => {
    complaints.allow(FAILED_REQUEST);
    const told = await listen(page);
    const thread = await backends.causerie.post({ comments: PAIR });
    const proxy = await proxyFor(thread.origin);
    proxy.rules.push({ kind: "answer", status: 500, body: "", times: 1 });
    await page.goto(await host.page(backends.causerie.attributes(thread, proxy.origin)));
    await expect(page.getByRole("alert")).toBeVisible();
    const url = expect.stringContaining(`${proxy.origin}/api/posts/${thread.key}/comments`);
    const common = { bubbles: true, composed: true, isHost: true };
    const error = { type: "causerie:error", detail: { kind: "status", message: "the server answered 500 ", url }, ...common };
    expect(await told()).toEqual([error]);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(rows(page)).toHaveCount(2);
    proxy.rules.push({ kind: "answer", status: 500, body: "", method: "POST", times: 1 });
    await composerIn(page.locator(THREAD)).fill("Ada", "Lost?");
    await composerIn(page.locator(THREAD)).send.click();
    await expect(unsent(page, "waiting").getByRole("status")).toContainText("The server asks to wait, or has a problem.");
    expect((await told()).filter(({ type }) => type === "causerie:error")).toEqual([error, error]);
  });
});

/** To look into a shadow tree, axe itself writes a style that the policy forbids. */
const AXE = [/Applying inline style/, /policy: style-src-elem inline/];

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const name of NAMES) {
  test(`axe finds nothing on a page with a thread (${name}), light or dark`, async ({ page, backends, host, complaints }) => {
    complaints.allow(...AXE);
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post({ comments: PAIR });
    const style = await host.style("html { background: #fff } html.dark { background: #111; color: #eee }");
    // The words of a page are in its landmarks.
    const options = { head: `<link rel="stylesheet" href="${style}">\n` };
    const { html, headers } = hostPage(backend.attributes(thread), options);
    const attributes = backend.attributes(thread);
    await page.goto(
      await host.put({ html: html.replace("<body>", "<body><main>").replace("</body>", "</main></body>"), headers }, origins(attributes)),
    );
    await expect(rows(page)).toHaveCount(2);
    await Composer.reply(page, thread.ids.first);
    for (const theme of ["light", "dark"] as const) {
      await page.evaluate((theme) => (document.documentElement.className = theme), theme);
      await expectTheme(page, theme);
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
      expect(found, theme).toEqual([]);
    }
  });
}
