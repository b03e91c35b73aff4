// Pictures for people to look at: `SCREENS=1 npx playwright test`. Nothing is compared.
import type { Page } from "@playwright/test";
import {
  COMMENTS, Composer, type Endpoint, FEED, answerPost, arrived, configure, expect, row, rows, test, unsent, visitWithEveryState,
} from "../fixtures";

type Screen = { reach: (page: Page, blog: Endpoint) => Promise<unknown>; whole?: boolean };

const SCREENS: Record<string, Screen> = {
  front: {
    reach: async (page) => {
      await page.goto("/");
      await expect(page.getByRole("article")).toHaveCount(6);
    },
    whole: true,
  },
  "post-french": {
    reach: async (page) => {
      await page.goto("/?post=s-y-mettre-d-abord");
      await expect(rows(page)).toHaveCount(12);
    },
    whole: true,
  },
  "post-picture": {
    reach: async (page) => {
      await page.goto("/?post=an-empty-bench");
      await expect(page.getByText("Nobody has answered yet.")).toBeVisible();
    },
    whole: true,
  },
  "thread-deep": {
    reach: async (page) => {
      await page.goto("/?post=the-long-reply#comment-kettle09");
      await expect(row(page, "kettle09")).toBeFocused();
    },
  },
  "thread-flat": {
    reach: async (page) => {
      await configure(page, { "data-view": "flat" });
      await page.goto("/?post=the-long-reply#comment-kettle07");
      await expect(row(page, "kettle07")).toBeFocused();
    },
  },
  "thread-head": {
    reach: async (page) => {
      await page.goto("/?post=the-long-reply");
      await expect(rows(page)).toHaveCount(30);
      await page.locator(".thread").evaluate((thread) => thread.scrollIntoView());
    },
  },
  "composer-faults": {
    reach: async (page) => {
      await page.goto("/?post=the-long-reply");
      const composer = await Composer.reply(page, "kettle12");
      await composer.email.fill("nobody");
      await composer.site.fill("nowhere:1");
      await composer.send.click();
      await expect(composer.root.getByRole("alert")).toBeVisible();
      await row(page, "kettle12").evaluate((row) => row.scrollIntoView());
    },
  },
  "composer-refused": {
    reach: async (page, blog) => {
      const thread = await blog.post();
      await answerPost(page, 404, {});
      await page.goto(blog.address(thread));
      await Composer.root(page).fill("Ada", "Is this the right address?");
      await Composer.root(page).send.click();
      await expect(page.getByRole("alert")).toBeVisible();
    },
    whole: true,
  },
  outbox: { reach: visitWithEveryState, whole: true },
  "outbox-offline": {
    reach: async (page, blog) => {
      const thread = await blog.post();
      await page.goto(blog.address(thread));
      await expect(Composer.root(page).text).toBeVisible();
      await page.context().setOffline(true);
      await Composer.root(page).fill("Ada", "From the tunnel.");
      await Composer.root(page).send.click();
      await expect(unsent(page, "queued")).toHaveCount(1);
    },
    whole: true,
  },
  held: {
    reach: async (page, blog) => {
      const thread = await blog.post({ accepts: "moderated" });
      await page.goto(blog.address(thread));
      await Composer.root(page).fill("Ada", "May I?");
      await Composer.root(page).send.click();
      await expect(arrived(page)).toHaveCount(1);
    },
    whole: true,
  },
  closed: {
    reach: async (page) => {
      await page.goto("/?post=the-great-marmalade-vote");
      await expect(rows(page)).toHaveCount(4);
    },
    whole: true,
  },
  skeleton: {
    reach: async (page) => {
      await page.route(FEED, () => {});
      await page.goto("/");
      await expect(page.locator(".skeleton")).toBeVisible();
    },
  },
  down: {
    reach: async (page) => {
      await page.route(FEED, (route) => route.abort("connectionrefused"));
      await page.goto("/");
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  "down-thread": {
    reach: async (page) => {
      await page.route(COMMENTS, (route) => route.fulfill({ contentType: "text/html", body: "<p>Sign in" }));
      await page.goto("/?post=an-empty-bench");
      await expect(page.getByRole("alert")).toBeVisible();
    },
    whole: true,
  },
  lost: {
    reach: async (page) => {
      await page.goto("/?post=never-written");
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  settings: {
    reach: async (page) => {
      await configure(page, { "data-endpoint": null, "data-view": "tree" });
      await page.goto("/");
      await expect(page.getByRole("alert")).toBeVisible();
    },
  },
  "french-front": {
    reach: async (page) => {
      await configure(page, {}, "fr");
      await page.goto("/");
      await expect(page.getByRole("article")).toHaveCount(6);
    },
    whole: true,
  },
  "french-thread": {
    reach: async (page) => {
      await configure(page, {}, "fr");
      await page.goto("/?post=s-y-mettre-d-abord");
      await expect(rows(page)).toHaveCount(12);
      await page.locator(".thread").evaluate((thread) => thread.scrollIntoView());
    },
  },
  extremes: {
    reach: async (page) => {
      const say = (id: string, name: string, html: string, parent: string | null = null) => ({
        id,
        parent,
        author: { name, url: "https://guest.example/", post_author: id === "b" },
        content_html: html,
        published: "2026-05-01T12:00:00Z",
        updated: id === "c" ? "2026-05-01T13:00:00Z" : null,
        status: "published",
      });
      await page.route(/owls\/comments/, (route) =>
        route.fulfill({
          json: {
            thread: "x",
            total: 5,
            accepts: "open",
            next: null,
            comments: [
              say("a", "N".repeat(80), `<p>${"aaaaatchi".repeat(40)}</p>`),
              say("b", "Donaudampfschifffahrtsgesellschaftskapitän von und zu Hohenzollern", "<p>Short.</p>", "a"),
              say("c", "سلمى من الميناء", "<p>مررتُ من هنا في المساء، وكان النهر هادئًا كأنه يقرأ (رقم 7).</p>", "b"),
              say("d", "דבורה", "<blockquote><p>Enormous.</p></blockquote><p>שלום מהגדה השנייה! ראינו את האור.</p><ol><li>one</li><li>שתיים</li></ol>", "c"),
              say("e", "🦊", "<pre><code>" + "let x = 1; ".repeat(20) + "</code></pre><p>Inline <code>code</code> and a <a href='https://a.example/'>link</a>.</p>"),
            ],
          },
        }),
      );
      await page.route(FEED, async (route) => {
        const response = await route.fetch();
        const feed = await response.json();
        const owls = feed.items.find((item: { id: string }) => item.id === "ask-me-about-owls");
        owls.title = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz";
        owls.authors.push({ name: "A. " + "Very-Long-Name ".repeat(4) });
        owls.tags = ["owls", "t".repeat(60), "ق"];
        await route.fulfill({ response, json: feed });
      });
      await page.goto("/?post=ask-me-about-owls");
      await expect(rows(page)).toHaveCount(5);
    },
    whole: true,
  },
};

for (const [name, { reach, whole }] of Object.entries(SCREENS)) {
  for (const width of [360, 768, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`${name} ${width} ${colorScheme}`, { tag: "@screens" }, async ({ page, blog, complaints }) => {
        complaints.allow(/./);
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        await page.clock.setFixedTime("2026-05-03T12:00:00Z");
        await reach(page, blog);
        await page.screenshot({ path: `results/screens/${name}-${width}-${colorScheme}.png`, fullPage: whole ?? false });
      });
    }
  }
}
