// What others write, change and remove while a conversation is read.
import type { Page, Request } from "@playwright/test";
import type { Backend, Seed, Thread } from "../backends/backend";
import { type Backends, type Blog, expect, type Name, need, test } from "../embed";
import { arrived, Composer, conversation, FAILED_REQUEST, ids, row, rows, settle } from "../fixtures";
import type { Proxy, Rule } from "../proxy";
import { snapped } from "../snapshot";

const POLLED: Name[] = ["wordpress", "isso", "static"];

/** More than the time between two questions of a reader who is there, and less than of one who is not. */
const A_WHILE = 40_000;
/** After which a reader who touches nothing counts as away. */
const LONG = 130_000;

const EVENTS = /\/events\?/;

test.describe.configure({ timeout: 60_000 });

// The standalone page is on the endpoint's own origin.
test.beforeEach(({ backends, complaints }) => complaints.expectOrigins(backends.causerie.endpoint.url));

test.describe("the endpoint's events", () => {
  test("what is new, edited and removed appears, and nothing else is asked for", async ({ page, backends, host }) => {
    const { thread, backend } = await open(page, "causerie", backends, host, many(6));
    const asked = requests(page);
    const added = await backend.add(thread, [{ id: "new", name: "Eve", content: "Said just now." }]);
    await expect(news(page, 1)).toBeVisible();
    await backend.edit(thread, thread.ids.c1, "Put another way.");
    await expect(row(page, thread.ids.c1)).toContainText("Put another way.");
    await expect(row(page, thread.ids.c1)).toContainText("edited");
    await backend.remove(thread, thread.ids.c2);
    await expect(row(page, thread.ids.c2)).toHaveCount(0);
    // Not before the reader asks for it.
    await expect(row(page, added.new)).toHaveCount(0);
    await news(page, 1).click();
    await expect(row(page, added.new)).toBeFocused();
    await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("6 comments");
    expect(asked.filter((request) => !EVENTS.test(request.url()))).toEqual([]);
  });

  test("two browsers in one conversation: one loses its network, and comes back", async ({
    page,
    context,
    browser,
    backends,
    host,
    proxyFor,
    complaints,
  }) => {
    complaints.allow(FAILED_REQUEST, /ERR_/);
    const { thread, backend, proxy } = await openBehind(page, "causerie", backends, host, many(3), proxyFor);
    const address = await host.page(backend.attributes(thread));
    // A browser that is told to be offline keeps the lines that it has.
    const loseNetwork = async () => {
      await context.setOffline(true);
      await proxy.stop();
    };
    const findNetwork = async () => {
      await proxy.start();
      await context.setOffline(false);
    };
    const other = await browser.newContext({ locale: "en-US" });
    await complaints.watch(other);
    const writer = await other.newPage();
    await writer.goto(address);
    const write = async (text: string) => {
      const before = await arrived(writer).count();
      await Composer.root(writer).fill("Ada", text);
      await Composer.root(writer).send.click();
      await expect(arrived(writer)).toHaveCount(before + 1);
    };
    await expect(rows(writer)).toHaveCount(3);
    await write("Before the tunnel.");
    await news(page, 1).click();
    await expect(rows(page).filter({ hasText: "Before the tunnel." })).toBeVisible();

    await loseNetwork();
    await write("Said in the tunnel, first.");
    await write("Said in the tunnel, second.");
    await backend.edit(thread, thread.ids.c0, "Changed in the tunnel.");
    await backend.remove(thread, thread.ids.c1);
    const [gone] = Object.values(await backend.add(thread, [{ id: "gone", content: "Here for a moment." }]));
    await backend.remove(thread, gone);
    await expect(rows(page)).toHaveCount(4);
    await findNetwork();
    await news(page, 2).click({ timeout: 20_000 });
    await expect(row(page, thread.ids.c0)).toContainText("Changed in the tunnel.");
    await expect(row(page, thread.ids.c1)).toHaveCount(0);
    expect(proxy.seen.filter(({ path }) => EVENTS.test(path)).at(-1)!.headers["last-event-id"]).toBeTruthy();
    // Each once, as the writer has them.
    await expect.poll(async () => (await backend.stored(thread)).map(({ id }) => id).sort()).toEqual((await ids(page)).sort());
    await write("After the tunnel.");
    await expect(news(page, 1)).toBeVisible();

    // And the other way: what was written without a network goes out, and is no news to its writer.
    await loseNetwork();
    await Composer.root(page).fill("Bo", "Typed in the tunnel.");
    await Composer.root(page).send.click();
    await findNetwork();
    await expect(news(writer, 1)).toBeVisible({ timeout: 20_000 });
    await expect(arrived(page).filter({ hasText: "Typed in the tunnel." })).toHaveCount(1);
    await expect(news(page, 1)).toBeVisible();
    await other.close();
  });

  test("a tab that nobody sees leaves its line to others, and catches up", async ({ page, backends, host }) => {
    const streams = openStreams(page);
    const { thread, backend } = await open(page, "causerie", backends, host, many(3));
    await expect.poll(() => streams.size).toBe(1);
    const isSeen = await hide(page);
    await expect.poll(() => streams.size).toBe(0);
    const added = await backend.add(thread, [{ id: "new", content: "Said while nobody looked." }]);
    await backend.remove(thread, thread.ids.c0);
    await expect(row(page, thread.ids.c0)).toHaveCount(1);
    await isSeen();
    await expect(row(page, thread.ids.c0)).toHaveCount(0);
    await news(page, 1).click();
    await expect(row(page, added.new)).toBeVisible();
    expect(streams.size).toBe(1);
  });

  for (const [status, headers] of [
    [429, { "retry-after": "60" }],
    [503, { "retry-after": "60" }],
    [404, {}],
  ] as const) {
    test(`${status} in place of events: the comments are asked for from time to time`, async ({
      page,
      backends,
      host,
      proxyFor,
      complaints,
    }) => {
      complaints.allow(FAILED_REQUEST);
      await page.clock.install();
      // Without a route, which would keep the browser from its cache.
      const refusal: Rule = { kind: "answer", path: EVENTS, status, headers, body: "" };
      const opened = await openBehind(page, "causerie", backends, host, many(3), proxyFor, refusal);
      const { thread, backend, proxy } = opened;
      await expect.poll(() => proxy.seen.filter(({ path }) => EVENTS.test(path)).length).toBe(1);
      await backend.add(thread, [{ id: "new", content: "Said meanwhile." }]);
      await pass(page, A_WHILE);
      await expect(news(page, 1)).toBeVisible();
      const polls = proxy.seen.filter(({ path, method }) => /\/comments/.test(path) && method === "GET");
      expect(polls.at(-1)!.headers["if-none-match"]).toBeTruthy();
      expect(proxy.seen.filter(({ path }) => EVENTS.test(path))).toHaveLength(1);
    });
  }

  test("a revision that the endpoint does not know: the thread is read again", async ({ page, backends, host }) => {
    const backend = backends.causerie;
    const thread = await backend.post({ comments: many(3) });
    const page_ = await snapped(host, backend.attributes(thread));
    await backend.remove(thread, thread.ids.c1);
    const [id] = Object.values(await backend.add(thread, [{ id: "new", content: "Said since." }]));
    const html = page_.after.html.replace(/"revision":"[^"]*"/, '"revision":"of-another-database-1"');
    expect(html).not.toBe(page_.after.html);
    await host.put({ ...page_.after, html }, [], new URL(page_.address).pathname.split("/")[2]);
    await page.goto(page_.address);
    await expect(row(page, thread.ids.c1)).toHaveCount(0);
    await news(page, 1).click();
    await expect(row(page, id)).toBeVisible();
  });
});

for (const name of POLLED) {
  test.describe(`${name} is asked from time to time`, () => {
    test("what is new, edited and removed appears", async ({ page, backends, host, proxyFor }) => {
      await page.clock.install();
      const { thread, backend } = await openBehind(page, name, backends, host, many(6), proxyFor);
      const added = await backend.add(thread, [{ id: "new", content: "Said just now.", published: now() }]);
      await backend.edit(thread, thread.ids.c1, "Put another way.");
      await backend.remove(thread, thread.ids.c3);
      await pass(page, A_WHILE);
      await expect(news(page, 1)).toBeVisible();
      await expect(row(page, thread.ids.c3)).toHaveCount(0);
      await expect(row(page, thread.ids.c1)).toContainText("Put another way.");
      await news(page, 1).click();
      await expect(row(page, added.new)).toBeFocused();
      await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("6 comments");
    });

    test("only while it is seen, and less often when nothing is touched", async ({ page, backends, host, proxyFor }) => {
      await page.clock.install();
      const asked = requests(page);
      const follows = page.waitForResponse(/\/lazy\/live\.js$/);
      const { proxy } = await openBehind(page, name, backends, host, many(3), proxyFor);
      // The time until the first question runs from then.
      await (await follows).finished();
      await settle(page);
      /** Whether it has been asked by the time that this has passed. */
      const asks = async (ms: number) => {
        const before = asked.length;
        await pass(page, ms);
        await settle(page);
        await expect.poll(() => proxy.underWay).toBe(0);
        // While it reads an answer it does not ask again.
        for (const request of asked.slice(before)) await (await request.response())?.finished();
        await settle(page);
        return asked.length > before;
      };
      for (let round = 0; round < 3; round++) {
        await page.mouse.move(10, round);
        expect(await asks(A_WHILE)).toBe(true);
      }
      // What the browser has kept is good only if the server says so.
      const { headers } = proxy.seen.at(-1)!;
      expect(headers["if-none-match"] ?? headers["cache-control"]).toBeTruthy();
      if (name === "static") expect(headers["if-none-match"]).toMatch(/^"/);

      expect(await asks(LONG)).toBe(true);
      const whenIdle = [await asks(A_WHILE), await asks(A_WHILE), await asks(LONG)];
      expect(whenIdle).toEqual([false, false, true]);
      // Who is back is asked for at once, for it is due.
      await asks(A_WHILE);
      const before = asked.length;
      await page.mouse.move(20, 20);
      await expect.poll(() => asked.length).toBeGreaterThan(before);
      await expect.poll(() => proxy.underWay).toBe(0);

      const isSeen = await hide(page);
      await settle(page);
      expect(await asks(A_WHILE)).toBe(false);
      expect(await asks(LONG)).toBe(false);
      const hidden = asked.length;
      await isSeen();
      await expect.poll(() => asked.length).toBeGreaterThan(hidden);
    });
  });
}

for (const kind of ["embed", "page"] as const) {
  test.describe(`the reader, ${kind}`, () => {
    test("in the middle of a long thread sees no row move while fifty arrive", async ({ page, backends, host }) => {
      const backend = backends.causerie;
      const thread = await backend.post({ comments: many(300) });
      await page.goto(await addressOf(kind, backend, thread, host));
      await expect(rows(page)).toHaveCount(300);
      const reading = row(page, thread.ids.c150);
      await reading.evaluate((row) => row.scrollIntoView({ block: "start" }));
      await settle(page);
      const first = await firstInView(page);
      await watchTop(page, first);
      for (let at = 0; at < 50; at++) {
        // Above, below and beside what is read.
        const parent = [thread.ids.c0, undefined, thread.ids.c149, thread.ids.c150, thread.ids.c290][at % 5];
        await backend.add(thread, [{ id: `n${at}`, parent, content: `Arrival ${at}. ${"And so on. ".repeat(at % 9)}` }]);
      }
      await expect(news(page, 50)).toBeVisible();
      await settle(page);
      expect((await tops(page)).length, "where it was").toBe(1);
      expect(await firstInView(page)).toBe(first);
      // What is already there changes, above: that does not move it either.
      await backend.edit(thread, thread.ids.c10, "Another text. ".repeat(200));
      await expect(row(page, thread.ids.c10)).toContainText("Another text.");
      await backend.remove(thread, thread.ids.c20);
      await expect(row(page, thread.ids.c20)).toHaveCount(0);
      await settle(page);
      expect(await firstInView(page)).toBe(first);
      const after = await tops(page);
      expect(Math.abs(after.at(-1)! - after[0])).toBeLessThan(1);
      await news(page, 50).click();
      await expect(rows(page)).toHaveCount(349);
    });

    test("is led to the first of them, which is marked as new and out of its fold", async ({ page, backends, host }) => {
      const backend = backends.causerie;
      const thread = await backend.post({ comments: [{ id: "a" }, { id: "b", parent: "a" }, ...many(40)] });
      await page.goto(await addressOf(kind, backend, thread, host));
      await expect(rows(page)).toHaveCount(42);
      await row(page, thread.ids.a).getByRole("button", { name: /^Hide 1 reply/ }).click();
      await expect(row(page, thread.ids.b)).toHaveCount(0);
      await row(page, thread.ids.c30).evaluate((row) => row.scrollIntoView());
      const first = await backend.add(thread, [{ id: "x", parent: thread.ids.b, content: "The first of them." }]);
      const second = await backend.add(thread, [{ id: "y", content: "The second of them." }]);
      await news(page, 2).click();
      await expect(row(page, first.x)).toBeFocused();
      await expect(row(page, first.x)).toBeInViewport();
      await expect(row(page, thread.ids.b)).toBeVisible();
      for (const id of [first.x, second.y]) await expect(row(page, id).getByText("new", { exact: true })).toBeVisible();
      await expect(row(page, thread.ids.a).getByText("new", { exact: true })).toHaveCount(0);
    });

    test("finds at the next visit what came since, and only that", async ({ page, backends, host }) => {
      const backend = backends.causerie;
      const thread = await backend.post({ comments: many(3) });
      const address = await addressOf(kind, backend, thread, host);
      await page.goto(address);
      await expect(rows(page)).toHaveCount(3);
      // At the first visit nothing is new.
      await expect(marks(page)).toHaveCount(0);
      await page.goto("about:blank");
      const { since } = await backend.add(thread, [{ id: "since", content: "Said since." }]);
      await page.goto(address);
      await expect(row(page, since).getByText("new", { exact: true })).toBeVisible();
      await expect(marks(page)).toHaveCount(1);
      await page.goto("about:blank");
      await page.goto(address);
      await expect(rows(page)).toHaveCount(4);
      await expect(marks(page)).toHaveCount(0);
    });

    test("who types an answer keeps their words and their place", async ({ page, backends, host }) => {
      const backend = backends.causerie;
      const thread = await backend.post({ comments: many(8) });
      await page.goto(await addressOf(kind, backend, thread, host));
      const reply = await Composer.reply(page, thread.ids.c5);
      await reply.text.pressSequentially("Half a sent");
      await reply.text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(4, 4));
      const before = (await reply.text.boundingBox())!.y;
      for (const parent of [undefined, thread.ids.c5, thread.ids.c0]) await backend.add(thread, [{ id: "n", parent }]);
      // In height too, in whatever font.
      await backend.edit(thread, thread.ids.c5, "What is answered has changed. ".repeat(20));
      await expect(news(page, 3)).toBeVisible();
      await expect(row(page, thread.ids.c5)).toContainText("has changed");
      await expect(reply.text).toBeFocused();
      await page.keyboard.type("!");
      await expect(reply.text).toHaveValue("Half! a sent");
      expect(Math.abs((await reply.text.boundingBox())!.y - before)).toBeLessThan(1);
      // What is answered is gone for others; here it stays until the answer is done.
      await backend.remove(thread, thread.ids.c5);
      await backend.edit(thread, thread.ids.c7, "A sign that the removal has come.");
      await expect(row(page, thread.ids.c7)).toContainText("A sign");
      await expect(reply.text).toHaveValue("Half! a sent");
    });

    test("whose own comment comes back by the stream has no news of it", async ({ page, backends, host }) => {
      const backend = backends.causerie;
      const thread = await backend.post({ comments: many(2) });
      await page.goto(await addressOf(kind, backend, thread, host));
      await expect(rows(page)).toHaveCount(2);
      for (const text of ["Mine, first.", "Mine, second."]) {
        await Composer.root(page).fill("Eve", text);
        await Composer.root(page).send.click();
        await expect(arrived(page).filter({ hasText: text })).toHaveCount(1);
      }
      await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("4 comments");
      // The stream has passed on what came before this.
      await backend.edit(thread, thread.ids.c0, "A sign that all has come.");
      await expect(row(page, thread.ids.c0)).toContainText("A sign");
      await expect(rows(page)).toHaveCount(4);
      await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("4 comments");
      await expect(page.getByRole("button", { name: /new comment/ })).toHaveCount(0);
      await expect(marks(page)).toHaveCount(0);
      await page.reload();
      await expect(rows(page)).toHaveCount(4);
      await expect(marks(page)).toHaveCount(0);
    });
  });
}

test("a conversation out of sight takes them in at once", async ({ page, backends, host }) => {
  const style = await host.style(".far { height: 1200px }");
  const options = { head: `<link rel="stylesheet" href="${style}">\n`, before: '<div class="far"></div>' };
  const thread = await backends.causerie.post({ comments: many(3) });
  await page.goto(await host.page(backends.causerie.attributes(thread), options));
  await expect(rows(page)).toHaveCount(3);
  const { here } = await backends.causerie.add(thread, [{ id: "here", content: "Said just now." }]);
  await expect(row(page, here)).toHaveCount(1);
  await expect(page.getByRole("button", { name: /new comment/ })).toHaveCount(0);
  await expect(row(page, here).getByText("new", { exact: true })).toHaveCount(1);
});

type Opened = { thread: Thread; address: string; backend: Backend };

/** An embed with these comments, which is there. */
async function open(page: Page, name: Name, backends: Backends, host: Blog, comments: Seed[]): Promise<Opened> {
  const backend = need<Backend>(backends[name]);
  const thread = await backend.post({ comments });
  const address = await host.page(backend.attributes(thread));
  await page.goto(address);
  await expect(rows(page)).toHaveCount(comments.length);
  return { thread, address, backend };
}

/** The same with a proxy before the server, which notes what it is asked. */
async function openBehind(
  page: Page,
  name: Name,
  backends: Backends,
  host: Blog,
  comments: Seed[],
  proxyFor: (target: string) => Promise<Proxy>,
  ...rules: Rule[]
): Promise<Opened & { proxy: Proxy }> {
  const backend = need<Backend>(backends[name]);
  const thread = await backend.post({ comments });
  const proxy = await proxyFor(thread.origin);
  proxy.rules.push(...rules);
  const address = await host.page(backend.attributes(thread, proxy.origin));
  const followed = page.waitForResponse(/\/lazy\/live\.js$/);
  await page.goto(address);
  await expect(rows(page)).toHaveCount(comments.length);
  // Nothing is asked for before that has come.
  await (await followed).finished();
  await settle(page);
  return { thread, address, backend, proxy };
}

async function addressOf(kind: "embed" | "page", backend: Backends["causerie"], thread: Thread, host: Blog) {
  if (kind === "embed") return host.page(backend.attributes(thread));
  return `${thread.origin}/?post=${thread.key}`;
}

/** So many comments, with an answer now and then. */
function many(count: number): Seed[] {
  const content = (at: number) => `What c${at} has to say, and says ${"again and ".repeat(at % 7)}again.`;
  return Array.from({ length: count }, (_, at) => ({ id: `c${at}`, parent: at % 5 === 4 ? `c${at - 1}` : undefined, content: content(at) }));
}

const now = () => new Date().toISOString();

/** The way to so many new comments. */
function news(page: Page, count: number) {
  return page.getByRole("button", { name: new RegExp(`^${count} new comments?$`) });
}

/** What is marked as new. */
function marks(page: Page) {
  return page.locator("li.comment .badge.new");
}

function requests(page: Page): Request[] {
  const asked: Request[] = [];
  page.on("request", (request) => asked.push(request));
  return asked;
}

/** The streams of events that the page has open. */
function openStreams(page: Page): Set<Request> {
  const open = new Set<Request>();
  page.on("request", (request) => EVENTS.test(request.url()) && open.add(request));
  page.on("requestfailed", (request) => open.delete(request));
  page.on("requestfinished", (request) => open.delete(request));
  return open;
}

/** Lets the page's own time pass at once. */
async function pass(page: Page, ms: number) {
  await page.clock.fastForward(ms);
}

/**
 * Has the page believe that another tab is before it: a browser without windows shows all its tabs. What
 * it gives takes that away again.
 */
async function hide(page: Page): Promise<() => Promise<void>> {
  const turn = (isHidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (isHidden ? "hidden" : "visible") });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, isHidden);
  await turn(true);
  return () => turn(false);
}

/** The id of the first row of which any is on the screen. */
function firstInView(page: Page): Promise<string> {
  return rows(page).evaluateAll((all) => all.find((row) => row.getBoundingClientRect().bottom > 0)!.id);
}

/** Notes in each frame where the row with this id is, and only where that changes. */
async function watchTop(page: Page, id: string) {
  await page.locator(`[id="${id}"]`).evaluate((row) => {
    const tops = [row.getBoundingClientRect().top];
    Object.assign(window, { tops });
    const look = () => {
      const { top } = row.getBoundingClientRect();
      if (top !== tops.at(-1)) tops.push(top);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

function tops(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as { tops: number[] }).tops);
}
