import { arrived, Composer, expect, hold, row, rows, test, COMMENTS } from "../fixtures";

test("what is typed is kept over a reload, for the post and for each reply, and apart from each other", async ({
  page,
  blog,
}) => {
  const first = `d1-${Date.now()}`;
  const second = `d2-${Date.now()}`;
  const thread = await blog.post({ comments: [{ id: first }, { id: second }] });
  await page.goto(blog.address(thread));
  await Composer.root(page).text.fill("To all of you");
  await (await Composer.reply(page, first)).text.fill("To the first");
  await (await Composer.reply(page, second)).text.fill("To the second");

  await page.reload();
  const root = Composer.root(page);
  await expect(root.text).toHaveValue("To all of you");
  await expect(root.root.getByRole("status")).toHaveText("Your unsent text is back.");
  await expect((await Composer.reply(page, second)).text).toHaveValue("To the second");
  await expect((await Composer.reply(page, first)).text).toHaveValue("To the first");
});

test("a draft belongs to its post", async ({ page, blog }) => {
  const [one, other] = [await blog.post(), await blog.post()];
  await page.goto(blog.address(one));
  await Composer.root(page).text.fill("For this one");
  await page.goto(blog.address(other));
  await expect(Composer.root(page).text).toHaveValue("");
  await page.goto(blog.address(one));
  await expect(Composer.root(page).text).toHaveValue("For this one");
});

test("a draft survives a walk to another post and back inside the page", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  await Composer.root(page).text.fill("Not done yet");
  await page.getByRole("link", { name: "All posts" }).click();
  await expect(page.getByRole("article")).not.toHaveCount(0);
  await page.goBack();
  await expect(Composer.root(page).text).toHaveValue("Not done yet");
});

test("opening another reply keeps what was written in the first", async ({ page, blog }) => {
  const first = `o1-${Date.now()}`;
  const second = `o2-${Date.now()}`;
  const thread = await blog.post({ comments: [{ id: first }, { id: second }] });
  await page.goto(blog.address(thread));
  await (await Composer.reply(page, first)).text.fill("Half a th");
  await Composer.reply(page, second);
  await expect((await Composer.reply(page, first)).text).toHaveValue("Half a th");
});

test("a draft is gone once its comment has arrived", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  await Composer.root(page).fill("Ada", "Done.");
  await Composer.root(page).send.click();
  await expect(arrived(page)).toHaveCount(1);
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await expect(Composer.root(page).text).toHaveValue("");
  await expect(Composer.root(page).root.getByText("Your unsent text is back.")).toHaveCount(0);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("draft")))).toEqual([]);
});

test("what is typed while a comment is under way is not lost", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "The first.");
  const post = await hold(page, COMMENTS, "POST");
  await composer.send.click();
  await post.arrived;
  await expect(composer.text).toHaveValue("");
  await composer.text.fill("And a second thought.");
  post.release();
  await expect(arrived(page)).toHaveCount(1);
  await expect(composer.text).toHaveValue("And a second thought.");
  await page.reload();
  await expect(composer.text).toHaveValue("And a second thought.");
  await expect(rows(page)).toHaveCount(1);
});

test("a reader who does not agree is remembered in this tab only", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await expect(composer.remember).not.toBeChecked();
  await composer.name.fill("Ada Quince");
  await composer.email.fill("ada@mail.example");
  await page.reload();
  await expect(composer.name).toHaveValue("Ada Quince");
  const device = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(device).not.toContain("Ada Quince");

  const otherTab = await page.context().newPage();
  await otherTab.goto(blog.address(thread));
  await expect(Composer.root(otherTab).name).toHaveValue("");
});

test("a reader who agrees is remembered on the device, until they change their mind", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.name.fill("Ada Quince");
  await composer.email.fill("ada@mail.example");
  await composer.site.fill("https://ada.example");
  await composer.remember.check();

  const otherTab = await page.context().newPage();
  await otherTab.goto(blog.address(thread));
  const other = Composer.root(otherTab);
  await expect(other.name).toHaveValue("Ada Quince");
  await expect(other.email).toHaveValue("ada@mail.example");
  await expect(other.site).toHaveValue("https://ada.example");
  await expect(other.remember).toBeChecked();

  await other.remember.uncheck();
  const device = await otherTab.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(device).not.toContain("Ada Quince");
  expect(device).not.toContain("ada@mail.example");
});

test("an answer begins with the name given above", async ({ page, blog }) => {
  const first = `n1-${Date.now()}`;
  const thread = await blog.post({ comments: [{ id: first }] });
  await page.goto(blog.address(thread));
  await Composer.root(page).name.fill("Ada Quince");
  await expect((await Composer.reply(page, first)).name).toHaveValue("Ada Quince");
});

for (const [what, block] of [
  ["throws", () => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } })],
  ["is full", () => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; }],
] as const) {
  test(`with a storage that ${what}, writing works and the page says that drafts are not kept`, async ({ page, blog }) => {
    const thread = await blog.post();
    await page.addInitScript(block);
    await page.goto(blog.address(thread));
    const composer = Composer.root(page);
    await composer.fill("Ada", "Without a net.");
    await expect(composer.root.getByRole("status")).toContainText("This browser keeps no drafts for this page");
    await composer.send.click();
    await expect(arrived(page)).toHaveCount(1);
    await expect(rows(page)).toContainText("Without a net.");
  });
}

test("a draft that another program left behind broken is no obstacle", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.addInitScript((thread) => {
    localStorage.setItem(`causerie:draft:${thread}:`, '{"text": 12');
    localStorage.setItem("causerie:reader", "[]");
  }, thread);
  await page.goto(blog.address(thread));
  await expect(Composer.root(page).text).toHaveValue("");
  await expect(row(page, "none")).toHaveCount(0);
});
