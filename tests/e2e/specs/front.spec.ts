import type { Page } from "@playwright/test";
import { FEED, expect, rows, settle, test } from "../fixtures";

/** Marks the page, so that a reload would show. */
async function mark(page: Page) {
  await page.evaluate(() => Object.assign(window, { marked: true }));
}

/** Waits until the page has scrolled, and keeps where it is. */
async function settleInPlace(page: Page) {
  await settle(page);
  // The script that keeps it is loaded when a reader scrolls for the first time.
  await page.waitForFunction(() => history.scrollRestoration === "manual");
}

function isMarked(page: Page) {
  return page.evaluate(() => "marked" in window);
}

function scroll(page: Page) {
  return page.evaluate(() => Math.round(scrollY));
}

test("the front lists the posts with date, summary and number of comments", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveTitle("Causerie, the demo");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Causerie, the demo");
  await expect(page.getByText("A made-up blog with every kind of conversation")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");

  const posts = page.getByRole("article");
  await expect(posts).toHaveCount(6);
  await expect(posts.getByRole("heading")).toHaveText([
    "An empty bench",
    "Mouillez-vous d’abord",
    "Ask me about owls",
    "The lost art of the long reply",
    "The great marmalade vote: the result",
    "The visitors’ book",
  ]);
  await expect(posts.nth(0)).toContainText("No comments yet");
  await expect(posts.nth(1)).toContainText("13 comments");
  await expect(posts.nth(1).getByRole("time")).toHaveText("April 14, 2026");
  await expect(posts.nth(1)).toContainText("Avant de faire la leçon sur les réseaux sociaux");
  await expect(posts.nth(1).getByRole("heading")).toHaveAttribute("lang", "fr");
  await expect(posts.nth(5)).toContainText("10,000 comments");
});

test("opening a post and going back stay inside the page", async ({ page }) => {
  await page.goto("/");
  await mark(page);
  await page.getByRole("link", { name: "Mouillez-vous d’abord" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mouillez-vous d’abord");
  await expect(page).toHaveURL(/\/\?post=s-y-mettre-d-abord$/);
  await expect(page).toHaveTitle(/Mouillez-vous/);
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");

  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Causerie, the demo");
  await expect(page).toHaveTitle("Causerie, the demo");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");

  await page.goForward();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Mouillez-vous d’abord");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  await page.getByRole("link", { name: "All posts" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Causerie, the demo");
  await expect(page).toHaveURL(/\/$/);
  expect(await isMarked(page)).toBe(true);
});

test("the heading of the post that was opened has the focus, and the page its top", async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await page.goto("/");
  await page.getByRole("link", { name: "The visitors’ book" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "The visitors’ book" })).toBeFocused();
  await expect.poll(() => scroll(page)).toBe(0);
});

test("back and forward restore where the reader was", async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await page.goto("/");
  await page.getByRole("link", { name: "The visitors’ book" }).waitFor();
  await page.evaluate(() => scrollTo(0, 350));
  await settleInPlace(page);
  const onFront = await scroll(page);
  expect(onFront).toBeGreaterThan(200);

  await page.getByRole("link", { name: "The lost art of the long reply" }).click();
  await expect(rows(page)).toHaveCount(30);
  const deep = page.locator("#comment-kettle25");
  await deep.evaluate((element) => element.scrollIntoView({ block: "start" }));
  // A reader sees where they are before they go back; a script would be gone before the page has scrolled.
  await settleInPlace(page);
  const inThread = await scroll(page);
  expect(inThread).toBeGreaterThan(1500);

  await page.goBack();
  await expect(page.getByRole("article")).toHaveCount(6);
  await expect.poll(() => scroll(page)).toBe(onFront);
  await page.goForward();
  await expect.poll(() => scroll(page)).toBe(inThread);
  await expect(deep).toBeInViewport();
});

test("a reload restores where the reader was", async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await page.goto("/?post=the-long-reply");
  await expect(rows(page)).toHaveCount(30);
  await page.evaluate(() => scrollTo(0, 3000));
  await settleInPlace(page);
  await page.reload();
  await expect.poll(() => scroll(page)).toBe(3000);
});

for (const modifier of ["Control", "Shift"] as const) {
  test(`a click with ${modifier} is left to the browser`, async ({ page }) => {
    await page.goto("/");
    // What the page does not prevent arrives here; the browser itself would open a tab or a window.
    const prevented = page.evaluate(
      () =>
        new Promise((resolve) =>
          addEventListener("click", (event) => {
            resolve(event.defaultPrevented);
            event.preventDefault();
          }),
        ),
    );
    await page.getByRole("link", { name: "Ask me about owls" }).click({ modifiers: [modifier] });
    expect(await prevented).toBe(false);
    await expect(page).toHaveURL(/\/$/);
  });
}

test("a link to a post opens it directly, and leads back to the front", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ask me about owls");
  await page.getByRole("link", { name: "All posts" }).click();
  await expect(page.getByRole("article")).toHaveCount(6);
});

test("an unknown post says so and leads back", async ({ page, complaints }) => {
  // Its comments were asked for before anybody could know.
  complaints.allow(/status of 404/);
  await page.goto("/?post=never-written");
  await expect(page.getByRole("alert")).toContainText("This post is not here");
  await expect(page).toHaveTitle("This post is not here");
  await page.getByRole("link", { name: "All posts" }).click();
  await expect(page.getByRole("article")).toHaveCount(6);
});

test("a blog without posts says so", async ({ page }) => {
  await page.route(FEED, (route) => route.fulfill({ json: { title: "Quiet", items: [] } }));
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quiet");
  await expect(page.getByText("Nothing has been published here yet.")).toBeVisible();
});
