import { Composer, answerPost, arrived, conversation, expect, problem, row, rows, settle, test } from "../fixtures";

test("a comment is published, and still there after a reload", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  await expect(page.getByText("Nobody has answered yet. You could be the first.")).toBeVisible();
  const composer = Composer.root(page);
  await composer.fill("Ada Quince", "Good *evening* to « you » 🦉.");
  await composer.site.fill("ada.example");
  await composer.send.click();

  await expect(arrived(page)).toHaveCount(1);
  await expect(conversation(page).getByRole("heading", { level: 2 })).toHaveText("1 comment");
  await expect(conversation(page).getByRole("status").filter({ hasText: "Your comment is published." })).not.toHaveCount(0);
  await expect(page.getByText("Nobody has answered yet.")).toHaveCount(0);
  await expect(composer.text).toHaveValue("");
  await expect(composer.name).toHaveValue("Ada Quince");
  await expect(rows(page)).toBeFocused();

  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  const published = rows(page).first();
  await expect(published.getByRole("link", { name: "Ada Quince" })).toHaveAttribute("href", "https://ada.example");
  await expect(published.locator(".prose em")).toHaveText("evening");
  await expect(published).toContainText("« you » 🦉");
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("a reply is published below what it answers, and still there after a reload", async ({ page, blog }) => {
  const ids = ["a", "b", "c"].map((letter) => `${letter}-${Date.now()}`);
  const [first, answer, second] = ids;
  const thread = await blog.post({
    comments: [{ id: first, name: "First" }, { id: answer, parent: first }, { id: second, name: "Second" }],
  });
  await page.goto(blog.address(thread));
  const composer = await Composer.reply(page, first);
  await composer.fill("Bo Reed", "I answer First.");
  await composer.send.click();

  await expect(arrived(page)).toHaveCount(4);
  const mine = rows(page).nth(2);
  await expect(mine).toContainText("I answer First.");
  await expect(mine).toHaveAttribute("aria-level", "2");
  await expect(mine).toBeFocused();
  await expect(mine.getByRole("link", { name: "in reply to First" })).toBeVisible();
  // The form has done its work.
  await expect(row(page, first).locator("form")).toHaveCount(0);
  await expect(row(page, first).getByRole("button", { name: "Hide 2 replies" })).toBeVisible();

  await page.reload();
  await expect(rows(page).nth(2)).toContainText("I answer First.");
  const stored = await blog.comments(thread);
  expect(stored.find((comment) => comment.content_html.includes("I answer"))?.parent).toBe(first);
});

test("two replies in a row, from the same page", async ({ page, blog }) => {
  const first = `first-${Date.now()}`;
  const thread = await blog.post({ comments: [{ id: first }] });
  await page.goto(blog.address(thread));
  for (const words of ["One more.", "And another."]) {
    const composer = await Composer.reply(page, first);
    await expect(composer.text).toHaveValue("");
    await composer.fill("Bo", words);
    await composer.send.click();
    await expect(rows(page).filter({ hasText: words })).toHaveCount(1);
  }
  await expect(rows(page)).toHaveCount(3);
});

test("the counter counts down what the endpoint lets through, and says by how much it is too long", async ({
  page,
  blog,
}) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await expect(composer.root).toContainText("10,000 characters left");
  await composer.text.fill("  four 🦉  ");
  await expect(composer.root).toContainText("9,994 characters left");
  await composer.text.fill("x".repeat(10_001));
  await expect(composer.root).toContainText("1 character too many");
});

test("the limits are those that the endpoint announces", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.route(/\/comments\?/, async (route) => {
    const response = await route.fetch();
    const limits = { name_max: 5, email_max: 254, url_max: 500, text_min: 3, text_max: 20 };
    await route.fulfill({ response, json: { ...(await response.json()), limits } });
  });
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await expect(composer.root).toContainText("20 characters left");
  await composer.fill("Adelaide", "ab");
  await composer.send.click();
  await expect(composer.name).toHaveAccessibleDescription(/At most 5 characters, please\./);
  await expect(composer.text).toHaveAccessibleDescription(/At least 3 characters, please\./);
  expect(await blog.comments(thread)).toHaveLength(0);
});

test("each fault is said at its field, and the first gets the focus", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.email.fill("ada at home");
  await composer.site.fill("javascript:alert(1)");
  await composer.send.click();

  await expect(composer.root.getByRole("alert")).toHaveText("Please look at the marked fields.");
  const faults = [
    [composer.text, /Please fill this in\./],
    [composer.name, /Please fill this in\./],
    [composer.email, /This is not an e-mail address\. It looks like name@example\.org\./],
    [composer.site, /This is not a web address\. It looks like https:\/\/example\.org\./],
  ] as const;
  for (const [field, words] of faults) {
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAccessibleDescription(words);
  }
  await expect(composer.text).toBeFocused();

  // What is being mended is not complained about any longer.
  await composer.text.fill("Words.");
  await expect(composer.text).not.toHaveAttribute("aria-invalid", "true");
  await composer.email.fill("ada@mail.example");
  await expect(composer.email).not.toHaveAttribute("aria-invalid", "true");
  await expect(composer.name).toHaveAttribute("aria-invalid", "true");
  await composer.send.click();
  await expect(composer.name).toBeFocused();
});

test("what the endpoint finds wrong is said at its field, and the text is kept", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 422/);
  const thread = await blog.post();
  await answerPost(
    page,
    422,
    problem("invalid-comment", {
      content: { code: "too-long", detail: "at most 3 characters, found 6" },
      url: { code: "invalid", detail: "this site is not welcome" },
    }),
  );
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Words.");
  await composer.send.click();
  await expect(composer.text).toHaveAccessibleDescription(/at most 3 characters, found 6/i);
  await expect(composer.site).toHaveAccessibleDescription(/this site is not welcome/i);
  await expect(composer.text).toHaveAttribute("aria-invalid", "true");
  await expect(composer.text).toBeFocused();
  await expect(composer.text).toHaveValue("Words.");
});

test("the endpoint itself refuses what a client with other limits lets through", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 422/);
  const thread = await blog.post();
  await page.route(/\/comments\?/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), limits: { text_max: 20_000 } } });
  });
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "x".repeat(10_001));
  await composer.send.click();
  await expect(composer.text).toHaveAttribute("aria-invalid", "true");
  await expect(composer.text).toHaveAccessibleDescription(/10,?000/);
  await expect(composer.text).toHaveValue("x".repeat(10_001));
});

test("a reply to a comment that is gone says what can be done, and keeps the text", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 422/);
  const first = `gone-${Date.now()}`;
  const thread = await blog.post({ comments: [{ id: first }] });
  await page.goto(blog.address(thread));
  const composer = await Composer.reply(page, first);
  await composer.fill("Ada", "To nobody now.");
  await blog.run("comments", "delete", first);
  await composer.send.click();
  // There, or at the place for new threads: the news that it is gone may come before the refusal.
  await expect(page.getByRole("alert")).toContainText("The comment that you answer is no longer there.");
  const texts = page.locator(".write textarea");
  await expect
    .poll(() => texts.evaluateAll((all) => all.map((text) => (text as HTMLTextAreaElement).value)))
    .toContain("To nobody now.");
});

test("Ctrl+Enter sends, Enter alone is a new line", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "One");
  await composer.text.press("End");
  await composer.text.press("Enter");
  await composer.text.pressSequentially("two");
  await expect(composer.text).toHaveValue("One\ntwo");
  await composer.text.press("Control+Enter");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).locator("br")).toHaveCount(1);
});

test("Cmd+Enter sends too", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "One");
  await composer.text.press("Meta+Enter");
  await expect(rows(page)).toHaveCount(1);
});

for (const [what, init] of [
  ["a composition", { isComposing: true }],
  ["Safari's last key of a composition", { keyCode: 229 }],
] as const) {
  test(`Enter sends nothing during ${what}`, async ({ page, blog }) => {
    const thread = await blog.post();
    let posts = 0;
    page.on("request", (request) => (posts += request.method() === "POST" ? 1 : 0));
    await page.goto(blog.address(thread));
    const composer = Composer.root(page);
    await composer.fill("Ada", "日本");
    for (const field of [composer.text, composer.name]) {
      await field.evaluate((element, init) => {
        for (const modifier of [{}, { ctrlKey: true }]) {
          const all = { key: "Enter", bubbles: true, cancelable: true, ...modifier, ...init };
          element.dispatchEvent(new KeyboardEvent("keydown", all));
        }
      }, init);
    }
    await settle(page);
    expect(posts).toBe(0);
    await expect(composer.send).toHaveText("Send");
    await expect(composer.root.getByRole("alert")).toHaveCount(0);
  });
}

test("the field that people do not see is out of reach", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  const trap = composer.root.locator("label.trap input");
  await expect(trap).toHaveCount(1);
  await expect(trap).not.toBeInViewport();
  await expect(page.getByRole("textbox", { name: "Leave this empty" })).toHaveCount(0);
  await composer.text.focus();
  const reached: string[] = [];
  for (let presses = 0; presses < 8; presses++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement?.closest("label")?.className ?? ""));
  }
  expect(reached).toContain("check");
  expect(reached).not.toContain("trap");
});

test("a machine that fills it gets an answer and publishes nothing", async ({ page, blog, browser }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Machine", "Buy!");
  await composer.root.locator("label.trap input").evaluate((input: HTMLInputElement) => {
    input.value = "https://spam.example/";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await composer.send.click();
  await expect(rows(page).getByText("Awaiting moderation")).toBeVisible();
  const other = await (await browser.newContext()).newPage();
  await other.goto(blog.address(thread));
  await expect(other.getByText("Nobody has answered yet.")).toBeVisible();
  await other.context().close();
  expect(await blog.run("comments", "list", "--thread", thread)).not.toContain("Machine");
});
