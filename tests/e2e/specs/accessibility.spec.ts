import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { COMMENTS, Composer, type Endpoint, FAILED_REQUEST, FEED, answerPost, arrived, configure, expect, hold, problem, row, rows, test, unsent, visitWithEveryState } from "../fixtures";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Every face that the page has, each brought about and waited for. */
const STATES: Record<string, (page: Page, blog: Endpoint) => Promise<unknown>> = {
  "the front": async (page) => {
    await page.goto("/");
    await expect(page.getByRole("article")).toHaveCount(6);
  },
  "a French post with its thread": async (page) => {
    await page.goto("/?post=s-y-mettre-d-abord");
    await expect(rows(page)).toHaveCount(12);
  },
  "the page in French": async (page) => {
    await configure(page, {}, "fr");
    await page.goto("/?post=s-y-mettre-d-abord");
    await expect(rows(page)).toHaveCount(12);
  },
  "a deep thread, one comment marked, one collapsed": async (page) => {
    await page.goto("/?post=the-long-reply#comment-kettle20");
    await expect(row(page, "kettle20")).toBeFocused();
    await row(page, "kettle25").getByRole("button", { name: /^Hide/ }).click();
    await expect(rows(page)).toHaveCount(27);
  },
  "the flat view": async (page) => {
    await configure(page, { "data-view": "flat" });
    await page.goto("/?post=the-long-reply");
    await expect(rows(page)).toHaveCount(30);
  },
  "a form with faults": async (page) => {
    await page.goto("/?post=ask-me-about-owls");
    const composer = await Composer.reply(page, "owl01");
    await composer.email.fill("nobody");
    await composer.site.fill("nowhere:1");
    await composer.send.click();
    await expect(composer.root.getByRole("alert")).toBeVisible();
  },
  "a comment under way": async (page, blog) => {
    const thread = await blog.post();
    const post = await hold(page, COMMENTS, "POST");
    await page.goto(blog.address(thread));
    await Composer.root(page).fill("Ada", "Wait.");
    await Composer.root(page).send.click();
    await post.arrived;
    await expect(unsent(page, "sending").getByRole("status")).toHaveText("Sending…");
  },
  "a comment that is to wait": async (page, blog) => {
    const thread = await blog.post();
    await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "170" });
    await page.goto(blog.address(thread));
    await Composer.root(page).fill("Ada", "Again.");
    await Composer.root(page).send.click();
    await expect(unsent(page, "waiting").getByRole("button")).toHaveText(["Send now", "Edit", "Discard"]);
  },
  "a comment in every state on its way, and drafts": async (page, blog) => {
    await page.clock.setFixedTime(Date.now());
    await visitWithEveryState(page, blog);
  },
  "a comment that was refused": async (page, blog) => {
    const thread = await blog.post();
    await answerPost(page, 404, {});
    await page.goto(blog.address(thread));
    await Composer.root(page).fill("Ada", "Again.");
    await Composer.root(page).send.click();
    await expect(Composer.root(page).root.getByRole("alert")).toContainText("Your comment was not sent");
  },
  "a comment that waits for a moderator": async (page, blog) => {
    const thread = await blog.post({ accepts: "moderated" });
    await page.goto(blog.address(thread));
    await Composer.root(page).fill("Ada", "May I?");
    await Composer.root(page).send.click();
    await expect(arrived(page)).toHaveCount(1);
  },
  "an empty thread": async (page) => {
    await page.goto("/?post=an-empty-bench");
    await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
  },
  "a closed thread": async (page) => {
    await page.goto("/?post=the-great-marmalade-vote");
    await expect(rows(page)).toHaveCount(4);
  },
  "an unknown post": async (page) => {
    await page.goto("/?post=never-written");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "the skeleton of the page": async (page) => {
    const feed = await hold(page, FEED);
    await page.goto("/");
    await feed.arrived;
    await expect(page.locator(".skeleton")).toBeVisible();
  },
  "the skeleton of the thread": async (page) => {
    const comments = await hold(page, COMMENTS);
    await page.goto("/?post=ask-me-about-owls");
    await comments.arrived;
    await expect(page.locator(".thread .skeleton")).toBeVisible();
  },
  "a feed that fails": async (page) => {
    await page.route(FEED, (route) => route.abort("connectionrefused"));
    await page.goto("/");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "a thread that fails": async (page) => {
    await page.route(COMMENTS, (route) => route.fulfill({ status: 500, body: "" }));
    await page.goto("/?post=ask-me-about-owls");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "a client that does not start": async (page) => {
    await page.route(/\.wasm$/, (route) => route.abort("failed"));
    await page.goto("/");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "settings that make no sense": async (page) => {
    await configure(page, { "data-endpoint": null, "data-view": "tree" });
    await page.goto("/");
    await expect(page.getByRole("alert")).toBeVisible();
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  test(`axe finds nothing on ${state}, light or dark`, async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST, /status of/, ...(state.includes("start") ? [/./] : []));
    await page.emulateMedia({ reducedMotion: "reduce" });
    await reach(page, blog);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const axe = new AxeBuilder({ page }).withTags(RULES);
      // What is on its way has no heading yet.
      if (state === "the skeleton of the page") axe.disableRules("page-has-heading-one");
      const { violations } = await axe.analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
      expect(found, colorScheme).toEqual([]);
    }
  });
}

test("by keyboard alone: from the front to a reply that is sent", async ({ page, blog }) => {
  const first = `k-${Date.now()}`;
  const thread = await blog.post({
    item: { title: "By keyboard", date_published: "2030-01-01T00:00:00Z" },
    comments: [{ id: first, name: "First" }],
  });
  await page.goto(`${blog.url}/`);
  await expect(page.getByRole("link", { name: "By keyboard" })).toBeVisible();
  await tabOnTo(page, page.getByRole("link", { name: "By keyboard" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "By keyboard" })).toBeFocused();
  await expect(rows(page)).toHaveCount(1);

  const reply = row(page, first).getByRole("button", { name: "Reply to First" });
  await tabOnTo(page, reply);
  await page.keyboard.press("Enter");
  const composer = new Composer(row(page, first).locator(".write"));
  await expect(composer.text).toBeFocused();
  await seen(page);
  await page.keyboard.type("Without a mouse.");
  await tabOnTo(page, composer.name);
  await page.keyboard.type("Ada");
  await tabOnTo(page, composer.send);
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await expect(arrived(page)).toHaveCount(2);
  await expect(rows(page).nth(1)).toContainText("Without a mouse.");
  await expect(rows(page).nth(1)).toBeFocused();
  expect(await blog.comments(thread)).toHaveLength(2);
});

/** Holds that what has the focus shows it. */
async function seen(page: Page) {
  const outline = await page.evaluate(() => {
    const element = document.activeElement!;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return { element: element.outerHTML.slice(0, 120), shown: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 };
  });
  expect(outline.shown, `the focus can be seen on ${outline.element}`).toBe(true);
}

/** Presses Tab until `wanted` has the focus, which can be seen at every step. */
async function tabOnTo(page: Page, wanted: Locator) {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    await seen(page);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  await expect(wanted).toBeFocused();
}

test("headings outline the page", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  await expect(rows(page)).toHaveCount(2);
  const levels = await page.getByRole("heading").evaluateAll((all) => all.map((heading) => Number(heading.localName[1])));
  expect(levels[0]).toBe(1);
  levels.reduce((before, level) => {
    expect(level).toBeLessThanOrEqual(before + 1);
    return level;
  });
});
