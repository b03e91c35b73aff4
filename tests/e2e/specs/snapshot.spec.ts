// Pages that `causerie snapshot` has written: what is seen before any script has run, and that nobody
// notices when the client takes over.
import type { Page } from "@playwright/test";
import type { Backend, Seed, Thread } from "../backends/backend";
import { type Backends, type Blog, expect, type Name, need, test } from "../embed";
import { arrived, Composer, conversation, FAILED_REQUEST, ids, row, rows, settle } from "../fixtures";
import { ASSETS } from "../pages";
import { type Snapped, snapped, snappedPage } from "../snapshot";

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
  await expect(Composer.root(page).send).toBeVisible();
}

/** Waits for so many new comments, and has them shown. */
async function showNews(page: Page, count: number) {
  // Where nothing of the conversation is on the screen they are shown at once.
  const button = page.getByRole("button", { name: new RegExp(`^${count} new comments?$`) });
  await expect(button).toBeVisible();
  await button.click();
  await expect(button).toHaveCount(0);
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
