import { COMMENTS, Composer, FAILED_REQUEST, answerPost, arrived, conversation, expect, hold, problem, rows, test } from "../fixtures";
import type { Page, Request } from "@playwright/test";

function posts(page: Page): Request[] {
  const sent: Request[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request);
  });
  return sent;
}

const key = (request: Request) => request.headers()["idempotency-key"];

test("while a comment is under way its row says so, and nothing more is sent", async ({ page, blog }) => {
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const post = await hold(page, COMMENTS, "POST");
  const composer = Composer.root(page);
  await composer.fill("Ada", "Once.");
  await composer.send.click();
  await post.arrived;
  await expect(rows(page)).toHaveAttribute("data-outbox", "sending");
  await expect(rows(page)).toContainText("Once.");
  await expect(rows(page).getByRole("status")).toHaveText("Sending…");
  await expect(rows(page).getByRole("button")).toHaveCount(0);
  await expect(rows(page)).toBeFocused();
  await expect(composer.text).toHaveValue("");
  post.release();
  await expect(arrived(page)).toHaveCount(1);
  await expect(arrived(page)).toBeFocused();
  expect(sent).toHaveLength(1);
});

test("a double click sends one comment", async ({ page, blog }) => {
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Click click.");
  await composer.send.dblclick();
  await expect(arrived(page)).toHaveCount(1);
  await expect(composer.root.getByText("Please fill this in.")).toHaveCount(0);
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  expect(sent).toHaveLength(1);
});

test("two quick Ctrl+Enter send one comment", async ({ page, blog }) => {
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Key key.");
  await composer.text.evaluate((element) => {
    for (let times = 0; times < 2; times++) {
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
    }
  });
  await expect(arrived(page)).toHaveCount(1);
  expect(sent).toHaveLength(1);
  expect(await blog.comments(thread)).toHaveLength(1);
});

/** The endpoint stores the first comment; the reader never hears of it. */
async function dropFirstAnswer(page: Page) {
  let drops = true;
  await page.route(COMMENTS, async (route) => {
    if (route.request().method() !== "POST" || !drops) return route.fallback();
    await route.fetch();
    drops = false;
    await route.abort("connectionreset");
  });
}

test("a comment whose answer was lost is sent again under its key, and stored once", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  await dropFirstAnswer(page);
  await Composer.root(page).fill("Ada", "Did you hear me?");
  await Composer.root(page).send.click();
  await expect(rows(page)).toHaveAttribute("data-outbox", "waiting");
  await expect(rows(page).getByRole("status")).toContainText("The server cannot be reached. Your comment goes out by itself.");
  await expect(rows(page)).toContainText(/Next try in \d seconds?/);
  await expect(conversation(page).getByText("1 comment is not sent yet")).toBeVisible();
  // It may have arrived as it is.
  await expect(rows(page).getByRole("button")).toHaveText(["Send now", "Discard"]);
  await expect(arrived(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("Did you hear me?");
  expect(sent.map(key)).toEqual([key(sent[0]), key(sent[0])]);
  expect(key(sent[0])).toMatch(/^[!-~]{16,100}$/);
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("the key outlives a reload", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  await dropFirstAnswer(page);
  await Composer.root(page).fill("Ada", "Before the reload.");
  await Composer.root(page).send.click();
  await expect(rows(page)).toHaveAttribute("data-outbox", "waiting");
  await page.reload();
  await expect(arrived(page)).toHaveCount(1);
  await expect(Composer.root(page).text).toHaveValue("");
  await expect(rows(page)).toHaveCount(1);
  expect(sent.map(key)).toEqual([key(sent[0]), key(sent[0])]);
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("another text has another key", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  const sent = posts(page);
  await page.goto(blog.address(thread));
  await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "600" });
  const composer = Composer.root(page);
  await composer.fill("Ada", "One thing.");
  await composer.send.click();
  await rows(page).getByRole("button", { name: "Edit" }).click();
  await expect(composer.text).toBeFocused();
  await expect(composer.text).toHaveValue("One thing.");
  await expect(rows(page)).toHaveCount(0);
  await composer.text.fill("Another thing.");
  await page.unroute(COMMENTS);
  await composer.send.click();
  await expect(arrived(page)).toHaveCount(1);
  expect(key(sent[1])).not.toBe(key(sent[0]));
});

test("without a network the comment waits, and goes out when there is one again", async ({ page, context, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "From the tunnel.");
  await context.setOffline(true);
  await composer.send.click();
  await expect(rows(page)).toHaveAttribute("data-outbox", "queued");
  await expect(rows(page).getByRole("status")).toHaveText("You are offline. It will be sent when you are online again.");
  await expect(rows(page)).toContainText("From the tunnel.");
  await context.setOffline(false);
  await expect(arrived(page)).toContainText("From the tunnel.");
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("a comment that a moderator reads first is shown to its writer, marked", async ({ page, blog, browser }) => {
  const thread = await blog.post({ accepts: "moderated" });
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await expect(composer.root).toContainText("Comments on this post appear once a moderator has read them.");
  await composer.fill("Ada", "May I?");
  await composer.send.click();
  await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
  await expect(rows(page)).toContainText("May I?");
  await expect(
    composer.root.getByRole("status").filter({ hasText: "A moderator reads it before it appears." }),
  ).toBeVisible();

  // Its writer goes on seeing it, and nobody else does.
  await page.reload();
  await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
  const other = await (await browser.newContext()).newPage();
  await other.goto(blog.address(thread));
  await expect(conversation(other)).toContainText("0 are shown here. Others wait for moderation");
  await expect(rows(other)).toHaveCount(0);
  await other.context().close();
  const [id] = (await blog.run("comments", "list", "--held", "--thread", thread)).split(/\s/);
  await blog.run("comments", "approve", id);
  await page.reload();
  await expect(rows(page)).toContainText("May I?");
  await expect(rows(page)).not.toContainText("Awaiting moderation");
});

test("a comment that a moderator rejects says so to its writer, once", async ({ page, blog }) => {
  const thread = await blog.post({ accepts: "moderated" });
  await page.goto(blog.address(thread));
  await Composer.root(page).fill("Ada", "May I?");
  await Composer.root(page).send.click();
  await expect(rows(page)).toContainText("Awaiting moderation. Only you see this.");
  // Nobody could see what answers it.
  await expect(rows(page).getByRole("button", { name: /^Reply/ })).toHaveCount(0);
  const [id] = (await blog.run("comments", "list", "--held", "--thread", thread)).split(/\s/);
  await blog.run("comments", "reject", id);
  await page.reload();
  await expect(rows(page)).toContainText("A moderator did not accept this comment. Only you see it.");
  await expect(rows(page)).toContainText("May I?");
  await page.reload();
  await expect(conversation(page).getByRole("heading", { name: "No comments yet" })).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
});

test("a post that closes while somebody writes keeps their text", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 403/);
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Too late?");
  await blog.run("posts", "set", thread, "--accepts", "closed");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toContainText("Comments are closed");
  await expect(composer.text).toHaveValue("Too late?");
});

test("too many comments at once: it says how long, and sends again by itself", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 429/);
  const thread = await blog.post();
  await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "3" });
  await page.goto(blog.address(thread));
  await Composer.root(page).fill("Ada", "Hurry!");
  await Composer.root(page).send.click();
  await expect(rows(page).getByRole("status")).toContainText("The server asks to wait, or has a problem.");
  await expect(rows(page)).toContainText(/Next try in [23] seconds/);
  await page.unroute(COMMENTS);
  await expect(arrived(page)).toContainText("Hurry!");
  expect(await blog.comments(thread)).toHaveLength(1);
});

test("a long pause is kept over a reload, unless the reader will not wait", async ({ page, blog, complaints }) => {
  complaints.allow(/status of 429/);
  const thread = await blog.post();
  const sent = posts(page);
  await answerPost(page, 429, problem("too-many-requests"), { "retry-after": "170" });
  await page.goto(blog.address(thread));
  await Composer.root(page).fill("Ada", "Hurry!");
  await Composer.root(page).send.click();
  await expect(rows(page)).toContainText("Next try in 3 minutes");
  await page.reload();
  await expect(rows(page)).toContainText("Next try in 3 minutes");
  expect(sent).toHaveLength(1);
  await page.unroute(COMMENTS);
  await rows(page).getByRole("button", { name: "Send now" }).click();
  await expect(arrived(page)).toContainText("Hurry!");
});

for (const [what, status, body, words] of [
  ["an endpoint that fails", 500, problem("internal"), "The server asks to wait, or has a problem."],
  ["an answer without sense", 201, { hello: "world" }, "The server asks to wait, or has a problem."],
] as const) {
  test(`${what} costs no text`, async ({ page, blog, complaints }) => {
    complaints.allow(FAILED_REQUEST);
    const thread = await blog.post();
    await answerPost(page, status, body);
    await page.goto(blog.address(thread));
    await Composer.root(page).fill("Ada", "Still here.");
    await Composer.root(page).send.click();
    await expect(rows(page)).toContainText("Still here.");
    await expect(rows(page).getByRole("status")).toContainText(words);
    await page.reload();
    await expect(rows(page)).toContainText("Still here.");
    await page.unroute(COMMENTS);
    await expect(arrived(page)).toContainText("Still here.", { timeout: 15_000 });
    expect(await blog.comments(thread)).toHaveLength(1);
  });
}

test("an endpoint that has moved gives the text back", async ({ page, blog, complaints }) => {
  complaints.allow(FAILED_REQUEST);
  const thread = await blog.post();
  await answerPost(page, 404, {});
  await page.goto(blog.address(thread));
  const composer = Composer.root(page);
  await composer.fill("Ada", "Still here.");
  await composer.send.click();
  await expect(composer.root.getByRole("alert")).toContainText("Nothing at this address");
  await expect(composer.text).toHaveValue("Still here.");
  await expect(rows(page)).toHaveCount(0);
  await page.reload();
  await expect(composer.text).toHaveValue("Still here.");
});

test("a comment under way arrives although its writer has gone on to another post", async ({ page, blog }) => {
  const thread = await blog.post();
  await page.goto(blog.address(thread));
  const post = await hold(page, COMMENTS, "POST");
  await Composer.root(page).fill("Ada", "Do not wait for me.");
  await Composer.root(page).send.click();
  await post.arrived;
  await page.getByRole("link", { name: "All posts" }).click();
  await expect(page.getByRole("article")).not.toHaveCount(0);
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  post.release();
  await answered;
  await page.goBack();
  await expect(rows(page)).toContainText("Do not wait for me.");
  await expect(Composer.root(page).text).toHaveValue("");
});
