import type { Page } from "@playwright/test";
import { COMMENTS, conversation, expect, hold, row, rows, settle, test } from "../fixtures";

// The book with ten thousand entries comes in eleven pages.
const BOOK = "/?post=the-visitors-book";
const LATER_PAGES = /comments\?.*cursor=/;

/** Ends the book after so many later pages of a thousand each: all ten thousand are for one test. */
async function endAfter(page: Page, pages: number) {
  let served = 0;
  await page.route(LATER_PAGES, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    served += 1;
    await route.fulfill({ response, json: served % pages === 0 ? { ...body, next: null } : body });
  });
}

test("all ten thousand comments end up in the page, where a search finds them", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto(BOOK);
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("10,000 comments");
  await expect(rows(page)).toHaveCount(10_000, { timeout: 100_000 });
  await expect(conversation(page).getByText("Loading more comments")).toHaveCount(0);
  await expect(conversation(page)).not.toContainText("are shown here");

  // No row is missing, and each stands once.
  expect(await rows(page).evaluateAll((all) => new Set(all.map((row) => row.id)).size)).toBe(10_000);
  // The browser's own search reaches what is not laid out yet.
  expect(await page.evaluate(() => (window as unknown as { find(text: string): boolean }).find("I sneezed:"))).toBe(true);
  const found = await page.evaluate(() => getSelection()?.anchorNode?.parentElement?.closest("li")?.id);
  expect(found).toBe("comment-book04321");
});

test("reading begins with the first page, and a link into a later one arrives", async ({ page }) => {
  await endAfter(page, 2);
  const later = await hold(page, LATER_PAGES);
  await page.goto(`${BOOK}#comment-book01500`);
  await expect(rows(page)).toHaveCount(100);
  await expect(conversation(page).getByText("Loading more comments")).toBeVisible();
  await expect(row(page, "book01500")).toHaveCount(0);
  later.release();
  await expect(row(page, "book01500")).toBeFocused({ timeout: 20_000 });
  await expect(rows(page)).toHaveCount(2_100, { timeout: 20_000 });
  // What came in above it since has not carried it away.
  await expect(row(page, "book01500")).toHaveAttribute("data-target", "");
  await expect(row(page, "book01500")).toBeInViewport();
});

test("later pages do not move what the reader is reading", async ({ page }) => {
  await endAfter(page, 1);
  const later = await hold(page, LATER_PAGES);
  await page.goto(BOOK);
  await expect(rows(page)).toHaveCount(100);
  const reading = row(page, "book00060");
  await reading.evaluate((element) => element.scrollIntoView({ block: "start" }));
  // A reader has seen the place before anything moves.
  await settle(page);
  const before = (await reading.boundingBox())!.y;
  later.release();
  await expect(rows(page)).toHaveCount(1_100, { timeout: 20_000 });
  await settle(page);
  expect(Math.abs((await reading.boundingBox())!.y - before)).toBeLessThan(2);
});

test("later pages leave the form alone, and the rows that are there", async ({ page }) => {
  await endAfter(page, 1);
  const later = await hold(page, LATER_PAGES);
  await page.goto(BOOK);
  await expect(rows(page)).toHaveCount(100);
  const text = page.getByRole("textbox", { name: "Comment" });
  await text.fill("half a sent");
  const texts = await page.evaluateHandle(() => [...document.querySelectorAll("li.comment .prose")]);
  later.release();
  await expect(rows(page)).toHaveCount(1_100, { timeout: 20_000 });
  await expect(text).toBeFocused();
  await page.keyboard.type("ence");
  await expect(text).toHaveValue("half a sentence");
  expect(await texts.evaluate((all) => all.every((text) => text.isConnected))).toBe(true);
});

test("a later page that fails says so, keeps what is there, and goes on from there", async ({ page, complaints }) => {
  complaints.allow(/Failed to load resource/);
  const asked: string[] = [];
  let fails = true;
  await page.route(COMMENTS, async (route) => {
    const url = new URL(route.request().url());
    const cursor = url.searchParams.get("cursor");
    asked.push(cursor ?? "first");
    if (cursor && fails) return route.fulfill({ status: 503, body: "" });
    const response = await route.fetch();
    const body = await response.json();
    // One later page is enough.
    await route.fulfill({ response, json: cursor ? { ...body, next: null } : body });
  });
  await page.goto(BOOK);
  await expect(page.getByText("The rest of the conversation could not be loaded")).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("It answered with error 503");
  await expect(rows(page)).toHaveCount(100);

  fails = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page)).toHaveCount(1_100);
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(asked[0]).toBe("first");
  expect(asked.filter((cursor) => cursor === "first")).toHaveLength(1);
  expect(asked[1]).toBe(asked[2]);
});

test("going back far down in a long thread restores the place", async ({ page }) => {
  await endAfter(page, 2);
  await page.goto(BOOK);
  await expect(rows(page)).toHaveCount(2_100, { timeout: 20_000 });
  const reading = row(page, "book01500");
  await reading.evaluate((element) => element.scrollIntoView({ block: "start" }));
  await settle(page);
  await expect(reading).toBeInViewport();
  await page.evaluate(() => document.querySelector<HTMLAnchorElement>(".way-back a")?.click());
  await expect(page.getByRole("article")).toHaveCount(6);
  await page.goBack();
  await expect(rows(page)).toHaveCount(2_100, { timeout: 20_000 });
  await expect(reading).toBeInViewport();
});
