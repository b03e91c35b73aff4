import { conversation, configure, expect, hold, ids, row, rows, test } from "../fixtures";

test("a thread that delivers fewer comments than it announces says so", async ({ page }) => {
  await page.goto("/?post=s-y-mettre-d-abord");
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("13 comments");
  await expect(rows(page)).toHaveCount(12);
  await expect(conversation(page)).toContainText(
    "12 are shown here. Others wait for moderation or are no longer public.",
  );
});

test("a thread that delivers all it announces says nothing about it", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  await expect(rows(page)).toHaveCount(2);
  await expect(conversation(page)).not.toContainText("shown here");
});

test("a row holds who, when, the text, and the author of the post has a badge", async ({ page }) => {
  await page.goto("/?post=s-y-mettre-d-abord");
  const guest = row(page, "mouette01");
  const link = guest.getByRole("link", { name: "Firmin Trébuchet" });
  await expect(link).toHaveAttribute("href", "https://trebuchet.example/");
  await expect(link).toHaveAttribute("rel", /nofollow/);
  await expect(link).toHaveAttribute("rel", /ugc/);
  await expect(guest.getByText("Author", { exact: true })).toHaveCount(0);
  await expect(guest.locator(".prose p")).not.toHaveCount(0);

  const author = row(page, "mouette02");
  await expect(author.getByText("Author", { exact: true })).toBeVisible();
  await expect(author.getByRole("link", { name: "in reply to Firmin Trébuchet" })).toHaveAttribute(
    "href",
    "#comment-mouette01",
  );
  // Without a site there is no link.
  await expect(row(page, "mouette05").getByRole("link", { name: "Capucine" })).toHaveCount(0);
  await expect(row(page, "mouette05")).toContainText("💛");
  await expect(row(page, "mouette02")).toContainText("«\u202fCe rien est une leçon à lui seul\u202f»");
});

test("quotations, lists and code stay what they are", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await expect(row(page, "kettle07").getByRole("blockquote")).toHaveText("Enormous. Impartial.");
  await expect(row(page, "kettle18").getByRole("listitem")).toHaveText([
    "a claim,",
    "a reason,",
    "a doubt,",
    "a question.",
  ]);
  await expect(row(page, "kettle22").locator("code").first()).toHaveText("loop");
});

test("a time says how long ago, exactly on hover, and stays true", async ({ page, blog }) => {
  const thread = await blog.post({ comments: [{ id: `t-${Date.now()}`, published: "2026-03-01T12:00:00Z" }] });
  await page.clock.install({ time: "2026-03-01T12:00:20Z" });
  await page.goto(blog.address(thread));
  const time = rows(page).getByRole("time");
  await expect(time).toHaveText("just now");
  await expect(time).toHaveAttribute("datetime", /^2026-03-01T12:00:00/);
  await expect(time).toHaveAttribute("title", /Sunday, March 1, 2026.*1:00/);
  await page.clock.runFor("05:00");
  await expect(time).toHaveText("5 minutes ago");
  await page.clock.runFor("02:10:00");
  await expect(time).toHaveText("2 hours ago");
});

test.describe("permalinks", () => {
  test("a click goes to the comment, marks it and gives it the focus", async ({ page }) => {
    await page.goto("/?post=the-long-reply");
    const comment = row(page, "kettle20");
    await comment.locator("a.permalink").click();
    await expect(page).toHaveURL(/\?post=the-long-reply#comment-kettle20$/);
    await expect(comment).toHaveAttribute("data-target", "");
    await expect(comment).toBeFocused();
    await row(page, "kettle01").locator("a.permalink").click();
    await expect(page.locator("[data-target]")).toHaveCount(1);
    await expect(row(page, "kettle01")).toHaveAttribute("data-target", "");
  });

  test("on load the page goes there", async ({ page }) => {
    await page.goto("/?post=the-long-reply#comment-kettle28");
    await expect(row(page, "kettle28")).toBeInViewport();
    await expect(row(page, "kettle28")).toBeFocused();
    await expect(row(page, "kettle28")).toHaveAttribute("data-target", "");
  });

  test("a link to what is answered goes there", async ({ page }) => {
    await page.goto("/?post=the-long-reply");
    await row(page, "kettle28").locator("a.answers").click();
    await expect(row(page, "kettle27")).toBeFocused();
    await expect(row(page, "kettle27")).toBeInViewport();
  });

  test("inside a collapsed subtree it opens what hides the comment", async ({ page }) => {
    await page.goto("/?post=the-long-reply");
    await row(page, "kettle01").getByRole("button", { name: /^Hide/ }).click();
    await expect(row(page, "kettle12")).toHaveCount(0);
    await page.evaluate(() => (location.hash = "comment-kettle12"));
    await expect(row(page, "kettle12")).toBeFocused();
    await expect(row(page, "kettle12")).toBeInViewport();
  });

  test("back returns from a comment to where the link was", async ({ page }) => {
    await page.goto("/?post=the-long-reply");
    const link = row(page, "kettle28").locator("a.answers");
    await link.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    await link.click();
    await expect(page).toHaveURL(/#comment-/);
    await page.goBack();
    await expect(page).toHaveURL(/long-reply$/);
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(before);
  });
});

test("a subthread collapses and expands, with the number of its replies", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await expect(rows(page)).toHaveCount(30);
  const toggle = row(page, "kettle01").locator(".actions").getByRole("button", { name: /replies/ });
  await expect(toggle).toHaveText("Hide 15 replies");
  await expect(toggle).toHaveAttribute("aria-expanded", "true");
  await toggle.click();
  await expect(rows(page)).toHaveCount(15);
  await expect(toggle).toHaveText("Show 15 replies");
  await expect(toggle).toHaveAttribute("aria-expanded", "false");
  // Who works by keyboard is still on the button that was pressed.
  await expect(toggle).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(30);
});

test("threads are sorted by age and by how much they were discussed", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  const sort = page.getByRole("combobox", { name: "Sort" });
  const roots = () => page.locator('li.comment[data-depth="0"]').evaluateAll((all) => all.map((row) => row.id));
  const named = (...numbers: number[]) => numbers.map((number) => `comment-kettle${String(number).padStart(2, "0")}`);
  await expect.poll(roots).toEqual(named(1, 17, 22, 25, 29, 30));
  await sort.selectOption("Newest first");
  await expect.poll(roots).toEqual(named(30, 29, 25, 22, 17, 1));
  await sort.selectOption("Most discussed");
  await expect.poll(async () => (await roots())[0]).toBe("comment-kettle01");
  await expect.poll(async () => (await roots())[1]).toBe("comment-kettle17");
  // Replies stay below what they answer, oldest first.
  const order = await ids(page);
  expect(order.indexOf("kettle02")).toBe(order.indexOf("kettle01") + 1);
});

test("a second view is flat, in order of time, numbered, with links to what is answered", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await page.getByRole("combobox", { name: "View" }).selectOption("In order of time");
  await expect(row(page, "kettle01").locator(".number")).toHaveText("1");
  await expect(row(page, "kettle01")).toContainText("Wilhelmina Oakapple wrote");
  await expect(row(page, "kettle16").locator(".number")).toHaveText("16");
  const answers = row(page, "kettle16").locator("a.answers");
  await expect(answers).toHaveText("in reply to Barnaby Thistlewood, no. 2");
  expect(await ids(page)).toEqual([...(await ids(page))].sort());
  await expect(page.locator('li.comment:not([data-depth="0"])')).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Hide/ })).toHaveCount(0);
  await expect(page.getByRole("combobox", { name: "Sort" })).toBeHidden();

  await answers.click();
  await expect(row(page, "kettle02")).toBeFocused();
  await page.getByRole("combobox", { name: "View" }).selectOption("Threads");
  await expect(row(page, "kettle02")).not.toContainText("wrote");
});

test("the blogger sets the view and the order to begin with", async ({ page }) => {
  await configure(page, { "data-view": "flat", "data-sort": "newest" });
  await page.goto("/?post=the-long-reply");
  await expect(page.getByRole("combobox", { name: "View" })).toHaveValue("flat");
  await expect(row(page, "kettle01")).toContainText("Wilhelmina Oakapple wrote");
  await page.getByRole("combobox", { name: "View" }).selectOption("Threads");
  await expect(page.getByRole("combobox", { name: "Sort" })).toHaveValue("newest");
  await expect.poll(async () => (await ids(page))[0]).toBe("kettle30");
});

test("J and K walk from comment to comment, and not while typing", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await row(page, "kettle01").focus();
  await page.keyboard.press("j");
  await expect(row(page, "kettle02")).toBeFocused();
  await page.keyboard.press("j");
  await expect(row(page, "kettle03")).toBeFocused();
  await expect(row(page, "kettle03")).toBeInViewport();
  await page.keyboard.press("k");
  await expect(row(page, "kettle02")).toBeFocused();
  await row(page, "kettle02").getByRole("button", { name: "Reply to Barnaby Thistlewood" }).click();
  const text = row(page, "kettle02").getByRole("textbox", { name: "Your reply to Barnaby Thistlewood" });
  await expect(text).toBeFocused();
  await page.keyboard.type("jk");
  await expect(text).toHaveValue("jk");
  await expect(text).toBeFocused();
});

test("J enters the list from anywhere in the conversation", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await expect(rows(page)).toHaveCount(30);
  await page.getByRole("button", { name: "Send" }).focus();
  await page.keyboard.press("j");
  await expect(row(page, "kettle01")).toBeFocused();
});

test("each row tells its level, however deep", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  for (const [id, level] of [["kettle01", "1"], ["kettle02", "2"], ["kettle12", "12"]]) {
    await expect(row(page, id)).toHaveAttribute("aria-level", level);
  }
});

test("a reply to a comment that is gone stands at the top and is not lost", async ({ page }) => {
  await page.goto("/?post=the-long-reply");
  await expect(row(page, "kettle29")).toHaveAttribute("data-depth", "0");
});

test("a reply opens in place, takes the focus, and Escape gives it back", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  const owl = row(page, "owl01");
  const reply = owl.getByRole("button", { name: "Reply to Zebedee, aged 8 ½" });
  await reply.click();
  await expect(owl.getByRole("textbox", { name: "Your reply to Zebedee, aged 8 ½" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(owl.getByRole("textbox")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest("li")?.id)).toBe("comment-owl01");
  await reply.click();
  await owl.getByRole("button", { name: "Close" }).click();
  await expect(owl.getByRole("textbox")).toHaveCount(0);
});

test("oddities of the data neither hide a comment nor show it twice", async ({ page }) => {
  const odd = (id: string, parent: string | null, published: string | null, status = "published") => ({
    id,
    parent,
    author: { name: id, url: "javascript:alert(1)", post_author: false },
    content_html: `<p>${id}</p>`,
    published,
    status,
  });
  await page.route(/owls\/comments/, (route) =>
    route.fulfill({
      json: {
        thread: "ask-me-about-owls",
        total: 2,
        accepts: "open",
        comments: [
          odd("loop-a", "loop-b", "2026-01-01T00:00:00Z"),
          odd("loop-b", "loop-a", "2026-01-01T00:00:00Z"),
          odd("self", "self", null),
          odd("orphan", "nobody", "not a time"),
          odd("future", null, "2999-01-01T00:00:00Z"),
          odd("twice", null, "2026-01-02T00:00:00Z"),
          odd("twice", null, "2026-01-02T00:00:00Z"),
          odd("new-status", null, "2026-01-02T00:00:00Z", "quarantined"),
        ],
        next: null,
      },
    }),
  );
  await page.goto("/?post=ask-me-about-owls");
  await expect(rows(page)).toHaveCount(7);
  expect((await ids(page)).sort()).toEqual(["future", "loop-a", "loop-b", "new-status", "orphan", "self", "twice"]);
  // Never a number smaller than what is there to see.
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("7 comments");
  await expect(row(page, "self")).toContainText("undated");
  await expect(row(page, "future").getByRole("time")).toHaveText("January 1, 2999");
  await expect(row(page, "new-status")).toContainText("Awaiting moderation");
  // A name leads to http and https only.
  await expect(page.locator('a[href^="javascript"]')).toHaveCount(0);
});

test("the skeleton of the thread gives way to it, and is announced", async ({ page }) => {
  const comments = await hold(page, /owls\/comments/);
  await page.goto("/?post=ask-me-about-owls");
  await comments.arrived;
  await expect(conversation(page).getByRole("status").filter({ hasText: /./ })).toHaveText("Loading the comments");
  await expect(conversation(page).locator(".skeleton")).toBeVisible();
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("2 comments");
  await expect(page.getByText("Nobody has answered yet.")).toHaveCount(0);
  comments.release();
  await expect(rows(page)).toHaveCount(2);
  await expect(page.locator(".skeleton")).toHaveCount(0);
});
