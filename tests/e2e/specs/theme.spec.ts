import type { Page } from "@playwright/test";
import { FEED, configure, expect, hold, rows, test } from "../fixtures";

const LIGHT = "rgb(253, 252, 249)";
const DARK = "rgb(24, 23, 21)";

async function colors(page: Page) {
  await expect(page.getByRole("article")).not.toHaveCount(0);
  return page.evaluate(() => [
    getComputedStyle(document.querySelector(".causerie")!).backgroundColor,
    getComputedStyle(document.body).backgroundColor,
  ]);
}

for (const [scheme, color] of [["light", LIGHT], ["dark", DARK]] as const) {
  test(`the reader prefers ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto("/");
    expect(await colors(page)).toEqual([color, color]);
  });

  test(`the blogger sets ${scheme}, whatever the reader prefers`, async ({ page }) => {
    const other = scheme === "light" ? "dark" : "light";
    await page.emulateMedia({ colorScheme: other });
    await configure(page, { "data-theme": scheme });
    await page.goto("/");
    expect(await colors(page)).toEqual([color, color]);
    await expect(page.locator("html")).toHaveCSS("color-scheme", scheme);
    // A switch in the page changes it.
    await page.locator("#causerie").evaluate((element, other) => (element.dataset.theme = other), other);
    await expect(page.locator("html")).toHaveCSS("color-scheme", other);
  });
}

test("nothing moves for a reader who wants nothing to move", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const feed = await hold(page, FEED);
  await page.goto("/?post=ask-me-about-owls");
  await expect(page.locator(".skeleton")).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  feed.release();
  await expect(rows(page)).toHaveCount(2);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test("the skeleton breathes for everybody else", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  const feed = await hold(page, FEED);
  await page.goto("/?post=ask-me-about-owls");
  await feed.arrived;
  await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBeGreaterThan(0);
  feed.release();
});

test("a site's own colors and fonts reach the view by the public tokens", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  await expect(rows(page)).toHaveCount(2);
  await page.evaluate(() => {
    const view = document.querySelector<HTMLElement>(".causerie")!;
    view.style.setProperty("--causerie-paper", "rgb(1, 2, 3)");
  });
  await expect(page.locator(".causerie")).toHaveCSS("background-color", "rgb(1, 2, 3)");
});
