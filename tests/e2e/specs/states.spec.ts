import type { Page, Route } from "@playwright/test";
import { COMMENTS, FAILED_REQUEST, FEED, configure, conversation, expect, hold, rows, test } from "../fixtures";

/** What can go wrong, and the words for it. */
const failures: [string, (route: Route) => Promise<void>, string][] = [
  ["the endpoint is down", (route) => route.abort("connectionrefused"), "No connection"],
  ["the address is wrong", (route) => route.fulfill({ status: 404, body: "Not here" }), "Nothing at this address"],
  [
    "HTML comes in place of JSON",
    (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><p>Sign in" }),
    "An unexpected answer",
  ],
  ["the JSON has another shape", (route) => route.fulfill({ json: { posts: 12 } }), "An answer that makes no sense here"],
  ["the endpoint fails", (route) => route.fulfill({ status: 500, body: "" }), "It answered with error 500"],
];

/** Fails requests until told otherwise. */
async function failing(page: Page, url: RegExp, fail: (route: Route) => Promise<void>) {
  const state = { fails: true };
  await page.route(url, (route) => (state.fails ? fail(route) : route.fallback()));
  return state;
}

for (const [what, fail, words] of failures) {
  test(`the feed: when ${what}, the page says so and can try again`, async ({ page, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const feed = await failing(page, FEED, fail);
    await page.goto("/");
    await expect(page.getByRole("alert")).toContainText(words);
    await expect(page.getByText("Nothing has been published")).toHaveCount(0);
    feed.fails = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("article")).toHaveCount(6);
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

  test(`the comments: when ${what}, the post is there, the thread says so and can try again`, async ({
    page,
    complaints,
  }) => {
    complaints.allow(FAILED_REQUEST);
    const comments = await failing(page, COMMENTS, fail);
    await page.goto("/?post=ask-me-about-owls");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ask me about owls");
    await expect(conversation(page).getByRole("alert")).toContainText(words);
    // An empty thread never stands for a failure.
    await expect(page.getByText("Nobody has answered yet.")).toHaveCount(0);
    await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("2 comments");
    comments.fails = false;
    await conversation(page).getByRole("button", { name: "Try again" }).click();
    await expect(rows(page)).toHaveCount(2);
    await expect(conversation(page).getByRole("alert")).toHaveCount(0);
  });
}

test("a server that never answers is given up on", async ({ page }) => {
  await page.addInitScript(() => {
    AbortSignal.timeout = () => AbortSignal.abort(new DOMException("late", "TimeoutError"));
  });
  await page.goto("/");
  await expect(page.getByRole("alert")).toContainText("No answer in time");
});

test("details for whoever mends the page are one click away", async ({ page, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  await page.route(FEED, (route) => route.fulfill({ status: 500, body: "" }));
  await page.goto("/");
  await page.getByText("Technical details").click();
  await expect(page.getByRole("alert")).toContainText("the server answered 500");
});

test("a thread without comments invites to write the first", async ({ page }) => {
  await page.goto("/?post=an-empty-bench");
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("No comments yet");
  await expect(page.getByText("Nobody has answered yet. You could be the first.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Write a comment" })).toBeVisible();
  // Nothing to sort or to lay out.
  await expect(page.getByRole("combobox")).toHaveCount(0);
});

test("a closed thread can be read, and takes nothing", async ({ page }) => {
  await page.goto("/?post=the-great-marmalade-vote");
  await expect(rows(page)).toHaveCount(4);
  await expect(page.getByText("Comments are closed")).toBeVisible();
  await expect(page.getByText("You can still read what was said.")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Reply/ })).toHaveCount(0);
});

test("a closed thread without comments invites nobody", async ({ page, blog }) => {
  const thread = await blog.post({ accepts: "closed" });
  await page.goto(blog.address(thread));
  await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
  await expect(page.getByText("You could be the first.")).toHaveCount(0);
  await expect(page.getByText("Comments are closed")).toBeVisible();
});

test("a skeleton holds the place of the post, and nothing jumps when it comes", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  const feed = await hold(page, FEED);
  const comments = await hold(page, COMMENTS);
  await page.goto("/?post=s-y-mettre-d-abord");
  await feed.arrived;
  await expect(page.locator(".skeleton")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  feed.release();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mouillez-vous d’abord");
  comments.release();
  await expect(rows(page)).toHaveCount(12);
  const shift = await page.evaluate(() =>
    (window as unknown as { shifts: number[] }).shifts.reduce((sum, shift) => sum + shift, 0),
  );
  expect(shift).toBeLessThanOrEqual(0.01);
});

test("the page shows a skeleton before any script has run", async ({ page }) => {
  const script = await hold(page, /\/causerie\.js$/);
  await page.goto("/", { waitUntil: "commit" });
  await expect(page.locator(".skeleton")).toBeVisible();
  script.release();
  await expect(page.getByRole("article")).toHaveCount(6);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("the page says in both languages what it needs", async ({ page }) => {
    await page.goto("/");
    const words = page.locator("noscript p");
    await expect(words).toHaveText([/^This page needs JavaScript/, /^Cette page a besoin de JavaScript/]);
    await expect(words.first()).toBeVisible();
    await expect(words.last()).toHaveAttribute("lang", "fr");
  });
});

for (const [lang, words, action] of [
  ["en", "This page could not start", "Try again"],
  ["fr", "Cette page n’a pas pu démarrer", "Réessayer"],
] as const) {
  test(`a client that does not load says so (${lang})`, async ({ page, complaints }) => {
    complaints.allow(/./);
    await configure(page, {}, lang);
    let fails = true;
    await page.route(/\.wasm$/, (route) => (fails ? route.abort("failed") : route.fallback()));
    await page.goto("/");
    await expect(page.getByRole("alert")).toContainText(words);
    fails = false;
    await page.getByRole("link", { name: action }).click();
    await expect(page.getByRole("article")).toHaveCount(6);
  });
}

test("settings that are missing or wrong are all listed at once", async ({ page }) => {
  await configure(page, { "data-endpoint": null, "data-feed": null, "data-view": "tree", "data-sort": "best" });
  await page.goto("/");
  const notice = page.getByRole("alert");
  await expect(notice.getByRole("heading")).toHaveText("This page is not set up yet");
  await expect(notice.getByRole("listitem")).toHaveText([
    "data-endpoint: expected the address of a comment endpoint, such as ./api, found nothing",
    "data-feed: expected the address of a JSON Feed or of one of its items, found nothing",
    'data-view: expected threads or flat, found "tree"',
    'data-sort: expected oldest, newest or discussed, found "best"',
  ]);
});
