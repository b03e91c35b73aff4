// Pages that `causerie snapshot` has written: what is seen before any script has run, and that nobody
// notices when the client takes over.
import type { Page } from "@playwright/test";
import type { Backend, Seed, Thread } from "../backends/backend";
import { type Backends, type Blog, expect, type Name, need, test } from "../embed";
import { arrived, Composer, conversation, FAILED_REQUEST, hold, ids, row, rows, settle } from "../fixtures";
import { ASSETS, tag } from "../pages";
import { snap, type Snapped, snapped, snappedPage } from "../snapshot";

const NAMES: Name[] = ["causerie", "wordpress", "isso", "static"];

/** Where the client is a guest, and where the whole page is its own. */
const KINDS = ["embed", "page"] as const;
type Kind = (typeof KINDS)[number];

/** WordPress has pictures of its authors, which the page's policy does not let in. */
const PICTURES = /gravatar\.com/;

const TALK: Seed[] = [
  { id: "a", name: "Ada", content: "The first word, which is said with some emphasis and at some length." },
  { id: "b", name: "Bo", parent: "a", content: "An answer to the first word." },
  { id: "c", name: "Cy", content: "Something else altogether, of which nobody has spoken so far." },
  { id: "d", name: "Di", content: "And a last word." },
];

/** Requests for comments themselves. */
const ASKS_FOR_COMMENTS = /\/comments(\?|$)|\/comments\/[^/]+\.json|\?uri=/;

test.describe.configure({ timeout: 60_000 });

test.beforeEach(({ complaints }) => complaints.allow(PICTURES));

for (const name of NAMES) {
  for (const kind of KINDS) {
    test.describe(`${name}, ${kind}`, () => {
      test("without JavaScript the conversation can be read, and keeps no room for buttons", async ({
        browser,
        backends,
        host,
        complaints,
      }) => {
        const { address } = await talk(kind, backends, name, host);
        const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
        await complaints.watch(context);
        const page = await context.newPage();
        await page.goto(address);
        await expect(rows(page)).toHaveCount(4);
        for (const { name, content } of TALK) {
          const said = rows(page).filter({ hasText: content });
          await expect(said).toBeVisible();
          await expect(said).toContainText(name!);
        }
        await expect(page.getByRole("heading", { level: 2, name: "4 comments" })).toBeVisible();
        if (kind === "page") await expect(page.getByText("A post to be commented.")).toBeVisible();
        // The style sheet is applied: answers stand further in, and the list has no numbers.
        const left = async (id: string) => (await rows(page).filter({ hasText: id }).boundingBox())!.x;
        expect(await left("An answer to")).toBeGreaterThan(await left("The first word, which"));
        await expect(page.locator("ol.comments")).toHaveCSS("list-style-type", "none");
        // Nothing that cannot be used, nor room for it.
        await expect(page.getByRole("button")).toHaveCount(0);
        await expect(page.getByRole("textbox")).toHaveCount(0);
        for (const selector of [".toolbar", ".actions", ".write"]) {
          for (const room of await page.locator(selector).all()) expect(await room.boundingBox()).toBeNull();
        }
        await expect(page.getByText("needs JavaScript")).toHaveCount(0);
        await context.close();
      });

      test("the client takes over, and no row moves, in no frame", async ({ page, backends, host }) => {
        const { address, thread } = await talk(kind, backends, name, host);
        await watchFrames(page);
        const asked = requests(page);
        await page.goto(address);
        await isTakenOver(page);
        await settle(page);
        const seen = await frames(page);
        const first = seen.frames.findIndex(({ tops }) => tops.length > 0);
        // The words of a page are never there before its comments.
        expect(seen.frames.slice(0, first).map(({ text }) => text).filter(Boolean)).toEqual([]);
        const [before] = seen.frames.slice(first);
        expect(before.tops.map(([id]) => id)).toEqual(["a", "b", "c", "d"].map((id) => `comment-${thread.ids[id]}`));
        for (const frame of seen.frames.slice(first)) expect(frame.tops).toEqual(before.tops);
        expect(seen.shifts).toEqual([]);
        // Only what is newer is asked for, and no post again.
        const known = asked.filter((url) => ASKS_FOR_COMMENTS.test(url));
        expect(known).toHaveLength(name === "causerie" ? 0 : 1);
        expect(asked.filter((url) => /feed\.json|\/posts(\?|\/[^/]*$)/.test(new URL(url).pathname + new URL(url).search))).toEqual([]);
        await expect(page.locator("script[data-causerie-snapshot][type='application/json']")).toHaveCount(0);
      });

      test("what is newer than the snapshot comes: two more, one edited, one removed", async ({ page, backends, host }) => {
        const { address, thread, backend } = await talk(kind, backends, name, host);
        const added = await backend.add(thread, [
          { id: "e", name: "Eve", content: "Said since, by Eve.", published: new Date().toISOString() },
          { id: "f", name: "Fay", content: "Said since, by Fay.", published: new Date().toISOString() },
        ]);
        await backend.edit(thread, thread.ids.c, "Something else, on second thoughts.");
        await backend.remove(thread, thread.ids.d);
        await page.goto(address);
        await isTakenOver(page);
        await expect(row(page, thread.ids.c)).toContainText("on second thoughts");
        await expect(row(page, thread.ids.d)).toHaveCount(0);
        await showNews(page, 2);
        await expect.poll(async () => (await ids(page)).sort()).toEqual(
          [thread.ids.a, thread.ids.b, thread.ids.c, added.e, added.f].sort(),
        );
        await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("5 comments");
        await expect(rows(page).filter({ hasText: "Said since, by Fay." })).toBeVisible();
      });
    });
  }
}

for (const kind of KINDS) {
  test.describe(`the reader of a snapshot, ${kind}`, () => {
    test("sees the first comment with the first paint, before any script has come", async ({ page, backends, host }) => {
      const { address, thread } = await talk(kind, backends, "static", host);
      const scripts = await holdScripts(page);
      await seePaint(page, address);
      await scripts.asked;
      await expect(row(page, thread.ids.a)).toBeVisible();
      await expect(row(page, thread.ids.d)).toBeVisible();
      // Room is kept for what comes.
      await expect(page.locator(".actions").first()).toBeHidden();
      expect((await page.locator(".actions").first().boundingBox())!.height).toBeGreaterThan(30);
      await expect(page.getByRole("button")).toHaveCount(0);
      scripts.release();
      await isTakenOver(page);
    });

    test("sees no line break elsewhere where the client says how long ago it was", async ({ page, backends, host }) => {
      await page.setViewportSize({ width: 360, height: 4000 });
      // Of one of these names the day has no room left in the line, and the words of the client have.
      const names = Array.from({ length: 12 }, (_, at) => `A${"n".repeat(at + 12)}`);
      const seeds = names.flatMap((name, at): Seed[] => [
        { id: `p${at}`, name },
        { id: `a${at}`, name: "Bo", parent: `p${at}` },
      ]);
      const { address } = await talk(kind, backends, "causerie", host, seeds);
      await watchFrames(page);
      await page.goto(address);
      await isTakenOver(page);
      await settle(page);
      const seen = await frames(page);
      const [before] = seen.frames.filter(({ tops }) => tops.length > 0);
      expect(before.tops).toHaveLength(24);
      expect(seen.frames.at(-1)!.tops).toEqual(before.tops);
      expect(seen.shifts).toEqual([]);
      await expect(rows(page).first().locator("time")).toContainText("ago");
    });

    test("stays where they are in the middle of it", async ({ page, backends, host }) => {
      const { address, thread } = await talk(kind, backends, "causerie", host, many(200));
      const scripts = await holdScripts(page);
      await seePaint(page, address);
      const reading = row(page, thread.ids.c100);
      await reading.evaluate((row) => row.scrollIntoView({ block: "center" }));
      await settle(page);
      const before = (await reading.boundingBox())!.y;
      await watchRow(page, thread.ids.c100);
      scripts.release();
      await isTakenOver(page);
      await settle(page);
      // Pages scroll by whole pixels, and what is above has its true height only when it is seen.
      const moves = (await watched(page)).map((top) => Math.abs(top - before));
      expect(Math.max(...moves), "how far the row was from its place in any frame").toBeLessThanOrEqual(0.5);
    });

    test("keeps what they have marked, across two comments", async ({ page, backends, host }) => {
      const { address, thread } = await talk(kind, backends, "causerie", host);
      const scripts = await holdScripts(page);
      await seePaint(page, address);
      const words = (id: string) => row(page, thread.ids[id]).locator(".prose");
      const from = (await words("a").boundingBox())!;
      const to = (await words("c").boundingBox())!;
      await page.mouse.move(from.x + 60, from.y + 10);
      await page.mouse.down();
      await page.mouse.move(to.x + 90, to.y + 10, { steps: 5 });
      await page.mouse.up();
      const marked = await selected(page);
      expect(marked.text).toContain("An answer to the first word.");
      expect(marked.places).toEqual([thread.ids.a, thread.ids.c].map((id) => `comment-${id}`));
      scripts.release();
      await isTakenOver(page);
      await settle(page);
      expect(await selected(page)).toEqual({ ...marked, text: expect.stringContaining("An answer to the first word.") });
      expect(withoutButtons((await selected(page)).text)).toBe(withoutButtons(marked.text));
    });

    test("keeps the focus, on a row and on a link", async ({ page, backends, host }) => {
      for (const place of ["", ".permalink"]) {
        const { address, thread } = await talk(kind, backends, "causerie", host);
        const scripts = await holdScripts(page);
        await seePaint(page, address);
        const focused = row(page, thread.ids.c).locator(place || "xpath=.");
        await focused.focus();
        scripts.release();
        await isTakenOver(page);
        await settle(page);
        await expect(focused).toBeFocused();
        await page.unrouteAll();
      }
    });

    test("with a fragment to the 900th of 1,000 arrives there, and stays", async ({ page, backends, host }) => {
      const { address, thread } = await talk(kind, backends, "causerie", host, many(1000));
      const asked = requests(page);
      await page.goto(`${address}#comment-${thread.ids.c900}`);
      await isTakenOver(page);
      const wanted = row(page, thread.ids.c900);
      await expect(wanted).toBeFocused();
      await expect(wanted).toHaveAttribute("data-target", "");
      await expect(wanted).toBeInViewport();
      await expect(rows(page)).toHaveCount(1000);
      await settle(page);
      const { y } = (await wanted.boundingBox())!;
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(60);
      expect(asked.filter((url) => ASKS_FOR_COMMENTS.test(url))).toEqual([]);
      // Once there, it is not carried away by what is drawn later.
      await watchRow(page, thread.ids.c900);
      await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
      await settle(page);
      expect(await watched(page)).toEqual([y]);
    });

    test("has their theme before the client comes, and after", async ({ page, backends, host }) => {
      const { address } = await talk(kind, backends, "causerie", host, TALK, {
        head: '<meta name="color-scheme" content="light dark">\n',
      });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const scripts = await holdScripts(page);
        await seePaint(page, address);
        await expect(rows(page)).toHaveCount(4);
        const color = () => rows(page).first().locator(".prose").evaluate((text) => getComputedStyle(text).color);
        const before = await color();
        scripts.release();
        await isTakenOver(page);
        expect(await color()).toBe(before);
        expect(before).toBe(colorScheme === "light" ? "rgb(36, 33, 29)" : "rgb(232, 227, 217)");
        await page.unrouteAll();
      }
    });

    test("reads French on a French page, before and after", async ({ page, backends, host }) => {
      const { address, thread } = await talk(kind, backends, "causerie", host, TALK, { lang: "fr" });
      const scripts = await holdScripts(page);
      await seePaint(page, address);
      const heading = page.getByRole("heading", { level: 2 });
      await expect(heading).toHaveText("4 commentaires");
      await expect(row(page, thread.ids.b)).toContainText("en réponse à Ada");
      await expect(row(page, thread.ids.b)).toContainText("1 janvier 2026");
      scripts.release();
      await expect(page.getByRole("button", { name: /^Envoyer/ })).toBeVisible();
      await expect(heading).toHaveText("4 commentaires");
      await expect(row(page, thread.ids.b)).toContainText("en réponse à Ada");
    });

    test("can read it all when the client cannot be loaded, and is told", async ({ page, backends, host, complaints }) => {
      complaints.allow(FAILED_REQUEST, /Failed to fetch|integrity|HTTP status code is not ok|error loading/i);
      const { address } = await talk(kind, backends, "causerie", host);
      await page.route(/\.wasm$/, (route) => route.fulfill({ status: 404, body: "" }));
      await page.goto(address);
      const notice = page.getByRole("alert");
      await expect(notice).toContainText("could not start");
      await expect(rows(page)).toHaveCount(4);
      for (const { content } of TALK) await expect(page.getByText(content!)).toBeVisible();
      await page.unrouteAll();
      await notice.getByRole("link", { name: "Try again" }).click();
      await isTakenOver(page);
      await expect(notice).toHaveCount(0);
      await expect(rows(page)).toHaveCount(4);
    });
  });
}

test("a page that is itself embedded has its conversation, before and after", async ({ page, backends, host }) => {
  const { address, thread } = await talk("embed", backends, "causerie", host);
  const html = `<!doctype html><html lang="en"><title>Around</title><link rel="icon" href="data:,"><iframe src="${address}" width="800" height="700" title="A post"></iframe>`;
  const outer = await host.put({ html, headers: {} }, []);
  const scripts = await holdScripts(page);
  await page.goto(outer, { waitUntil: "commit" });
  const frame = page.frameLocator("iframe");
  await expect(frame.locator(`[id="comment-${thread.ids.d}"]`)).toBeVisible();
  scripts.release();
  await expect(frame.getByRole("button", { name: "Send" })).toBeVisible();
  await expect(frame.locator("li.comment")).toHaveCount(4);
  const [added] = Object.values(await backends.causerie.add(thread, [{ id: "e", content: "Said since." }]));
  // It is not far above or below, so a way to it is shown.
  await frame.getByRole("button", { name: "1 new comment" }).click();
  await expect(frame.locator(`[id="comment-${added}"]`)).toBeFocused();
});

test("what the blogger has written in the element is not shown beside the snapshot", async ({ page, backends, host }) => {
  const thread = await backends.causerie.post({ comments: TALK });
  const attributes = backends.causerie.attributes(thread);
  const { before } = await snapped(host, attributes);
  const html = before.html.replace("</causerie-thread>", '<a href="mailto:me@mail.example">Write to me</a></causerie-thread>');
  const base = `${host.origin}/posts/by-hand-${thread.key}/`;
  await host.put({ ...before, html: await snap(html, base) }, [], `by-hand-${thread.key}`);
  await page.goto(base);
  await isTakenOver(page);
  await expect(page.getByText("Write to me")).toBeHidden();
  await expect(rows(page)).toHaveCount(4);
});

test("two conversations and a number on one page are taken over each", async ({ page, backends, host }) => {
  const first = await backends.causerie.post({ comments: TALK });
  const second = await backends.static.post({ comments: many(3) });
  const after = tag("causerie-thread", backends.static.attributes(second));
  const attributes = backends.causerie.attributes(first);
  const { address } = await snapped(host, attributes, { after, connect: [second.origin] });
  await page.goto(address);
  for (const [at, count] of [4, 3].entries()) {
    const element = page.locator("causerie-thread").nth(at);
    await expect(element.getByRole("button", { name: "Send" })).toBeVisible();
    await expect(element.locator("li.comment")).toHaveCount(count);
  }
});

test("a comment goes out from a page that was a snapshot, and is there once after the next", async ({ page, backends, host }) => {
  const { address, before } = await talk("embed", backends, "causerie", host);
  await page.goto(address);
  await isTakenOver(page);
  await Composer.root(page).fill("Eve", "Written on a snapshot.");
  await Composer.root(page).send.click();
  await expect(arrived(page)).toHaveCount(5);
  const name = new URL(address).pathname.split("/")[2];
  await host.put({ ...before, html: await snap(before.html, address) }, [], name);
  await page.goto(address);
  await isTakenOver(page);
  await expect(rows(page)).toHaveCount(5);
  await expect(rows(page).filter({ hasText: "Written on a snapshot." })).toHaveCount(1);
});

type Talk = Snapped & { thread: Thread; backend: Backend };

/** A page of this kind with a snapshot of a small conversation in it. */
async function talk(
  kind: Kind,
  backends: Backends,
  name: Name,
  host: Blog,
  comments: Seed[] = TALK,
  options: { lang?: string; flags?: string[]; before?: string; head?: string; after?: string } = {},
): Promise<Talk> {
  const backend = need<Backend>(backends[name]);
  const thread = await backend.post({ comments });
  const attributes = backend.attributes(thread);
  if (kind === "embed") return { ...(await snapped(host, attributes, options)), thread, backend };
  const { thread: key, ...settings } = attributes;
  if (name === "wordpress") {
    const page = await snappedPage(host, { ...settings, post: key }, options);
    return { ...page, thread, backend };
  }
  const post = {
    id: key,
    title: "A post",
    content_html: "<p>A post to be commented.</p>",
    date_published: "2026-01-01T00:00:00Z",
    _causerie: { thread: key },
  };
  const feed = { version: "https://jsonfeed.org/version/1.1", title: "A blog", items: [post] };
  const headers = { "content-type": "application/json" };
  const address = await host.put({ html: JSON.stringify(feed), headers }, []);
  return { ...(await snappedPage(host, { ...settings, feed: address, post: key }, options)), thread, backend };
}

/** Waits until the client shows what the snapshot has shown. */
async function isTakenOver(page: Page) {
  // Among a thousand rows Playwright takes most of the page's time to look for it.
  await expect(Composer.root(page).send).toBeVisible({ timeout: 20_000 });
}

/** Waits for so many new comments, and has them shown. */
async function showNews(page: Page, count: number) {
  // Where nothing of the conversation is on the screen they are shown at once.
  const button = page.getByRole("button", { name: new RegExp(`^${count} new comments?$`) });
  await expect(button).toBeVisible();
  await button.click();
  await expect(button).toHaveCount(0);
}

/** So many comments, each with an answer now and then. */
function many(count: number): Seed[] {
  const content = (at: number) => `What c${at} has to say, and says ${"again and ".repeat(at % 7)}again.`;
  return Array.from({ length: count }, (_, at) => ({ id: `c${at}`, parent: at % 5 === 4 ? `c${at - 1}` : undefined, content: content(at) }));
}

/** Keeps every script of the client waiting until `release` is called. */
async function holdScripts(page: Page) {
  const { arrived, release } = await hold(page, new RegExp(`${ASSETS}/.*\\.(js|wasm)$`));
  return { asked: arrived, release };
}

/** Goes to a page whose scripts wait, until it is painted. */
async function seePaint(page: Page, address: string) {
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
}

/** Notes in each frame where a row is, and only where that changes. */
async function watchRow(page: Page, id: string) {
  await page.evaluate((id) => {
    const tops: (number | undefined)[] = [];
    Object.assign(window, { tops });
    const look = () => {
      const tree = document.querySelector("causerie-thread")?.shadowRoot ?? document;
      const seen = [...tree.querySelectorAll(`[id="comment-${id}"]`)].filter((row) => row.getClientRects().length > 0);
      const top = seen[0]?.getBoundingClientRect().top;
      if (top !== tops.at(-1) || tops.length === 0) tops.push(top);
      requestAnimationFrame(look);
    };
    // A frame begins with what the one before has left.
    requestAnimationFrame(look);
  }, id);
}

function watched(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as { tops: number[] }).tops);
}

/** What is marked: its text, and the rows of both ends. */
function selected(page: Page) {
  return page.evaluate(() => {
    const shadow = document.querySelector("causerie-thread")?.shadowRoot as { getSelection?(): Selection } | null;
    const selection = shadow?.getSelection?.() ?? getSelection()!;
    const place = (node: Node | null) => (node instanceof Element ? node : node?.parentElement)?.closest("li")?.id;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    const text = String(getSelection());
    return { text, places: [place(anchorNode), place(focusNode)], offsets: [anchorOffset, focusOffset] };
  });
}

/** Buttons and times come with the client, between the words of one comment and of the next. */
function withoutButtons(text: string): string {
  return text.split("\n").filter((line) => /word|Something/.test(line)).join("\n");
}

function requests(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  return asked;
}

type Frame = { tops: [id: string, top: number][]; text: string };

/** Notes in each frame where the rows are that are seen, and every layout shift. */
async function watchFrames(page: Page) {
  await page.addInitScript(() => {
    const seen = { frames: [] as unknown[], shifts: [] as unknown[] };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node }[] })[]) {
        seen.shifts.push([shift.value, ...shift.sources.map(({ node }) => (node as Element)?.outerHTML?.slice(0, 80))]);
      }
    }).observe({ type: "layout-shift", buffered: true });
    const look = () => {
      const tree = document.querySelector("causerie-thread")?.shadowRoot ?? document;
      const rows = [...tree.querySelectorAll("li.comment")].filter((row) => row.getClientRects().length > 0);
      const tops = rows.map((row) => [row.id, row.getBoundingClientRect().top]);
      seen.frames.push({ tops, text: document.body?.innerText.trim() ?? "" });
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

function frames(page: Page): Promise<{ frames: Frame[]; shifts: unknown[] }> {
  return page.evaluate(() => (window as unknown as { seen: { frames: Frame[]; shifts: unknown[] } }).seen);
}
