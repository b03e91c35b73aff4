import type { Page } from "@playwright/test";
import { expect, rows, test, visitWithEveryState } from "../fixtures";

test.use({ viewport: { width: 320, height: 640 } });

function overflow(page: Page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The widths of the texts that are narrower than a person can read, by comment. */
function tooNarrow(page: Page) {
  return rows(page).evaluateAll((all) =>
    all
      .map((row) => [row.id, row.querySelector(".prose")?.getBoundingClientRect().width ?? 0] as const)
      .filter(([, width]) => width < 180),
  );
}

test("a thread twelve deep leaves each row 180 px of text and scrolls in one direction", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await expect(rows(page)).toHaveCount(30);
  expect(await tooNarrow(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
});

test("the deepest row still does with a reply open in it", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  const deepest = page.locator("#comment-kettle12");
  await deepest.getByRole("button", { name: /^Reply/ }).click();
  await deepest.locator("form").getByRole("button", { name: "Send" }).click();
  await expect(deepest.getByRole("alert")).toBeVisible();
  expect(await overflow(page)).toBe(0);
  const { width } = (await deepest.getByRole("textbox").first().boundingBox())!;
  expect(width).toBeGreaterThanOrEqual(150);
});

test("long words and long names wrap", async ({ page, blog }) => {
  const thread = await blog.post({
    item: { title: "W".repeat(80), tags: ["t".repeat(70)], content_html: `<p>${"b".repeat(300)}</p><pre>${"c".repeat(300)}</pre>` },
    comments: [
      { id: `w-${Date.now()}`, name: "N".repeat(80), url: "https://long.example/", content: `${"x".repeat(400)} \`${"y".repeat(200)}\`` },
    ],
  });
  await page.goto(blog.address(thread));
  await expect(rows(page)).toHaveCount(1);
  expect(await tooNarrow(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
});

test("the front fits", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("article")).toHaveCount(6);
  expect(await overflow(page)).toBe(0);
});

test("comments on their way fit, in every state", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 429/);
  await page.clock.setFixedTime(Date.now());
  await visitWithEveryState(page, blog);
  expect(await overflow(page)).toBe(0);
  expect(await tooSmall(page)).toEqual([]);
});

test("what is pressed with a finger is large enough", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  await expect(rows(page)).toHaveCount(2);
  expect(await tooSmall(page)).toEqual([]);
});

/** The controls that are shown and too low for a finger. */
function tooSmall(page: Page) {
  return page
    .locator(".causerie")
    .locator("button, select, input:not([tabindex='-1'])")
    .evaluateAll((all) => all.filter((control) => {
      const target = control.closest("label.check") ?? control;
      return target.checkVisibility() && target.getBoundingClientRect().height < 24;
    }).map((control) => control.outerHTML));
}
