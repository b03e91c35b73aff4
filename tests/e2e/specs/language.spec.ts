import type { Page } from "@playwright/test";
import { Composer, configure, conversation, expect, row, rows, test } from "../fixtures";

const spoken = (page: Page) => page.locator(".causerie > .page");

test("the page speaks the language that it declares, whatever the reader's", async ({ page }) => {
  await configure(page, {}, "fr");
  await page.goto("/?post=s-y-mettre-d-abord");
  await expect(spoken(page)).toHaveAttribute("lang", "fr");
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("13 commentaires");
  await expect(rows(page)).toHaveCount(12);
  await expect(page.getByRole("article").getByRole("time")).toHaveText("14 avril 2026");
  await expect(page.getByRole("article").getByRole("time")).toHaveAttribute("title", /mardi 14 avril 2026.*19:30/);
  await expect(row(page, "mouette02").getByText("Auteur du billet")).toBeVisible();
  await expect(row(page, "mouette01").getByRole("button", { name: /^Masquer 3\sréponses$/ })).toBeVisible();
  await expect(row(page, "mouette01").getByRole("button", { name: "Répondre à Firmin Trébuchet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Tous les billets" })).toBeVisible();
});

test("a language that is no tag is spoken as far as it is known", async ({ page }) => {
  await configure(page, {}, "fr-");
  await page.goto("/?post=s-y-mettre-d-abord");
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("13 commentaires");
  await expect(page.getByRole("article").getByRole("time")).toHaveText("April 14, 2026");
});

test.describe("a French reader", () => {
  test.use({ locale: "fr-CA" });

  test("is spoken to in French where the page declares nothing", async ({ page }) => {
    await page.goto("/");
    await expect(spoken(page)).toHaveAttribute("lang", "fr");
    const posts = page.getByRole("article");
    await expect(posts.nth(0)).toContainText("Pas encore de commentaire");
    await expect(posts.nth(5)).toContainText(/10\s000 commentaires/);
    // The document keeps the language of what it shows.
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });

  test("reads English on a page that declares English", async ({ page }) => {
    await configure(page, {}, "en-GB");
    await page.goto("/");
    await expect(spoken(page)).toHaveAttribute("lang", "en");
    await expect(page.getByText("No comments yet")).toBeVisible();
  });

  test("reads English where the French catalogue does not come", async ({ page, complaints }) => {
    complaints.allow(/Failed to load resource/);
    await page.route(/locales\/fr\.json/, (route) => route.fulfill({ status: 404, body: "" }));
    await page.goto("/");
    await expect(page.getByText("No comments yet")).toBeVisible();
    // What is said is marked as what it is.
    await expect(spoken(page)).toHaveAttribute("lang", "en");
  });

  test("sees a skeleton while the catalogue is on its way, and no English", async ({ page }) => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(/locales\/fr\.json/, async (route) => {
      await released;
      await route.fallback();
    });
    const feed = page.waitForResponse(/feed\.json/);
    await page.goto("/");
    await feed;
    await expect(page.locator(".skeleton")).toBeVisible();
    await expect(page.getByRole("article")).toHaveCount(0);
    release();
    await expect(page.getByText("Pas encore de commentaire")).toBeVisible();
  });

  test("writes and is corrected in French, with French plurals", async ({ page, blog }) => {
    const thread = await blog.post();
    await page.goto(blog.address(thread));
    const composer = Composer.root(page);
    await composer.text.fill("x".repeat(9_999));
    await expect(composer.root).toContainText("1 caractère restant");
    await composer.text.fill("x".repeat(10_000));
    // French counts nothing in the singular.
    await expect(composer.root).toContainText("0 caractère restant");
    await composer.send.click();
    await expect(composer.name).toHaveAccessibleDescription(/Ce champ est nécessaire\./);
    await composer.name.fill("Ada");
    await composer.send.click();
    await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("1 commentaire");
    await expect(rows(page).getByRole("time")).toHaveText("à l’instant");
  });
});

test.describe("a reader of a language that is not there", () => {
  test.use({ locale: "ja-JP" });
  test("reads English", async ({ page }) => {
    await page.goto("/");
    await expect(spoken(page)).toHaveAttribute("lang", "en");
    await expect(page.getByText("No comments yet")).toBeVisible();
  });
});

test("the first of the reader's languages that is there counts", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "languages", { value: ["ja-JP", "fr-BE", "en"] });
  });
  await page.goto("/");
  await expect(spoken(page)).toHaveAttribute("lang", "fr");
});

test("every message is there in both languages, with the same placeholders", async ({ page }) => {
  const [english, french] = await Promise.all(
    ["en", "fr"].map(async (tag) => (await page.request.get(`/locales/${tag}.json`)).json()),
  );
  const placeholders = (text: unknown): string[] =>
    [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();
  expect(Object.keys(french)).toEqual(Object.keys(english));
  for (const name of Object.keys(english)) {
    expect(placeholders(french[name]), name).toEqual(placeholders(english[name]));
    expect(typeof french[name], name).toBe(typeof english[name]);
  }
});
