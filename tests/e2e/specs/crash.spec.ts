// The whole browser is killed, and started again on what it had on its disk.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import type { Backend } from "../backends/backend";
import { expect, need, test } from "../embed";
import { Composer, rows } from "../fixtures";

/** Kills every process of the browser that works in `folder`, as an empty battery would. */
async function kill(folder: string, browser: BrowserContext) {
  const gone = new Promise((resolve) => browser.on("close", resolve));
  await promisify(execFile)("pkill", ["-KILL", "-f", folder]).catch(() => {});
  await gone;
}

for (const name of ["causerie", "isso", "wordpress"] as const) {
  test(`${name}: a comment under way outlives the browser, and arrives once`, async ({ backends, host, proxyFor }, info) => {
    const backend = need<Backend>(backends[name]);
    const thread = await backend.post();
    const proxy = await proxyFor(thread.origin);
    const address = await host.page(backend.attributes(thread, proxy.origin));
    const folder = await mkdtemp(join(tmpdir(), "causerie-crash-"));
    const launch = () => chromium.launchPersistentContext(folder, { ...info.project.use.launchOptions, locale: "en-US" });
    try {
      const before = await launch();
      const page = await before.newPage();
      await page.goto(address);
      await keepAnswers(page);
      await Composer.root(page).fill("Ada", "From the edge.");
      await Composer.root(page).email.fill("ada@mail.example");
      await Composer.root(page).send.click();
      // The server has it, and the browser is killed before it can hear so.
      await expect.poll(async () => (await backend.stored(thread)).length).toBe(1);
      await kill(folder, before);

      const after = await launch();
      const again = await after.newPage();
      await again.clock.install();
      await again.goto(address);
      await expect(rows(again)).not.toHaveCount(0);
      // What may still be on the line has arrived by then.
      await again.clock.fastForward("00:15");
      await expect(again.locator("[data-outbox]")).toHaveCount(0);
      await expect(rows(again)).toHaveText([/From the edge\./]);
      expect(await backend.stored(thread)).toHaveLength(1);
      await after.close();
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}

/** Lets comments through, and keeps the answers from the page. */
async function keepAnswers(page: Page) {
  await page.route("**", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fetch();
  });
}

test("a draft outlives the browser", async ({ blog }, info) => {
  const thread = await blog.post();
  const folder = await mkdtemp(join(tmpdir(), "causerie-crash-"));
  const launch = () => chromium.launchPersistentContext(folder, { ...info.project.use.launchOptions, locale: "en-US" });
  try {
    const before = await launch();
    const page = await before.newPage();
    await page.goto(blog.address(thread));
    await Composer.root(page).text.fill("Half a th");
    // Browsers write what was typed to the disk within seconds, not at once.
    await page.waitForTimeout(6_000);
    await kill(folder, before);
    const after = await launch();
    const again = await after.newPage();
    await again.goto(blog.address(thread));
    await expect(Composer.root(again).text).toHaveValue("Half a th");
    await after.close();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
