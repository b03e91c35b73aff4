import { FEED, configure, conversation, expect, row, rows, test } from "../fixtures";

test("a post shows its title, byline, tags, picture and body, in its language", async ({ page }) => {
  await page.goto("/?post=an-empty-bench");

  await expect(page).toHaveTitle("An empty bench – Causerie, the demo");
  const article = page.getByRole("article");
  await expect(article).toHaveAttribute("lang", "en");
  await expect(article.getByRole("heading", { level: 1 })).toHaveText("An empty bench");
  await expect(article.getByRole("link", { name: "Marigold Penhaligon" })).toHaveAttribute(
    "href",
    "https://penhaligon.example/",
  );
  const date = article.getByRole("time");
  await expect(date).toHaveText("May 2, 2026");
  await expect(date).toHaveAttribute("datetime", /^2026-05-02T19:45:00/);
  await expect(date).toHaveAttribute("title", /Saturday, May 2, 2026.*9:45/);
  await expect(article.getByText("1 minute to read")).toBeVisible();
  await expect(article.getByRole("list", { name: "Tags" }).getByRole("listitem")).toHaveText(["small things"]);
  await expect(article.getByText("The town council has put a bench")).toBeVisible();
  const cover = article.locator("img.cover");
  await expect(cover).toHaveAttribute("src", "./demo/bench.svg");
  await expect.poll(() => cover.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
});

test("an author without a picture gets initials", async ({ page }) => {
  await page.goto("/?post=an-empty-bench");
  const avatar = page.locator(".byline .avatar");
  await expect(avatar).toHaveText("MP");
  await expect(avatar).toHaveAttribute("aria-hidden", "true");
});

test("several authors stand side by side, one whose picture does not load with initials", async ({
  page,
  complaints,
}) => {
  complaints.allow(/no-such-face\.png/);
  await page.route(FEED, async (route) => {
    const response = await route.fetch();
    const feed = await response.json();
    feed.items[0].authors = [
      { name: "Ada Quince", avatar: "./icon.svg" },
      { name: "Bo Reed", avatar: "./no-such-face.png" },
    ];
    await route.fulfill({ response, json: feed });
  });
  await page.goto("/?post=an-empty-bench");

  const byline = page.locator(".byline");
  await expect(byline.locator("img.avatar")).toHaveCount(1);
  await expect(byline.locator("img.avatar")).toHaveAttribute("src", "./icon.svg");
  await expect(byline.locator("span.avatar")).toHaveText("BR");
  await expect(byline.getByText("Ada Quince")).toBeVisible();
  await expect(byline.getByText("Bo Reed")).toBeVisible();
});

test("the page's language is that of the post, and its title names it", async ({ page }) => {
  await page.goto("/?post=s-y-mettre-d-abord");
  await expect(page).toHaveTitle("Mouillez-vous d’abord – Causerie, the demo");
  await expect(page.getByRole("article")).toHaveAttribute("lang", "fr");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  // What the client itself says is in the reader's language, and says so.
  await expect(page.locator(".causerie > .page")).toHaveAttribute("lang", "en");
});

test("reading time grows with the text", async ({ page, blog }) => {
  const thread = await blog.post({ item: { content_html: `<p>${"word ".repeat(700)}</p>` } });
  await page.goto(blog.address(thread));
  await expect(page.getByText("3 minutes to read")).toBeVisible();
});

test("the feed may be a single item", async ({ page }) => {
  await configure(page, { "data-feed": "./api/posts/ask-me-about-owls" });
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ask me about owls");
  await expect(page).toHaveTitle("Ask me about owls");
  await expect(rows(page)).toHaveCount(2);
});

for (const key of ["ask-me-about-owls", "https://bellwether.example/ask-me-about-owls"]) {
  test(`a blogger chooses one post of the feed by ${key}`, async ({ page }) => {
    await configure(page, { "data-post": key });
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ask me about owls");
    await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("2 comments");
    await expect(row(page, "owl01")).toBeVisible();
    // There is nowhere else to go on such a page.
    await expect(page.getByRole("link", { name: "All posts" })).toHaveCount(0);
  });
}

test("a feed that leaves out all that is optional is shown all the same", async ({ page }) => {
  await page.route(FEED, (route) =>
    route.fulfill({ json: { version: "https://jsonfeed.org/version/1.1", items: [{ id: 7, content_text: "One\n\n<two>" }] } }),
  );
  await page.route(/\/api\/posts\/7\/comments/, (route) =>
    route.fulfill({ json: { thread: "7", total: 0, accepts: "open", comments: [], next: null } }),
  );
  await page.goto("/?post=7");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Untitled");
  await expect(page.getByRole("article").locator(".prose p")).toHaveText(["One", "<two>"]);
  await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
});
