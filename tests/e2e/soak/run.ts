// Does what a plan says, in a real browser against a real server, and counts what came of it.
import { setTimeout as wait } from "node:timers/promises";
import type { BrowserContext, Page } from "@playwright/test";
import type { Backend, Stored, Thread } from "../backends/backend";
import { Composer, row } from "../fixtures";
import type { Proxy } from "../proxy";
import { account, type Account, type Shown } from "./account";
import type { Comment, Death, Plan, Step } from "./plan";

/** The states in which a comment goes on by itself. */
const ACTIVE = ["queued", "sending", "waiting"];

/** Between two requests of one comment there is less than this where nothing is under way. */
const QUIET_MS = 60;

/** The text of a row: as it was written, or as the server gives it. */
const TEXT = ".text, .prose";

export type World = { context: BrowserContext; backend: Backend; thread: Thread; proxy: Proxy; address: string };

export type Result = Account & {
  /** What else is wrong. */
  faults: string[];
  /** What happened and when, for people. */
  log: string[];
};

export class Run {
  readonly #log: string[] = [];
  readonly #faults: string[] = [];
  readonly #submitted: Comment[] = [];
  readonly #tabs: (Page | undefined)[];
  /** The requests to the server that a tab waits for. */
  readonly #pending = new Map<Page, number>();
  readonly #begun = Date.now();
  #isOffline = false;
  #isStopped = false;

  constructor(
    readonly plan: Plan,
    readonly world: World,
  ) {
    this.#tabs = Array(plan.tabs).fill(undefined);
  }

  async run(): Promise<Result> {
    await this.world.context.clock.install();
    for (let tab = 0; tab < this.plan.tabs; tab++) await this.#open(tab);
    for (const step of this.plan.steps) {
      this.#note(told(step, this.plan));
      await this.#do(step);
    }
    const result = await this.#end();
    return { ...result, faults: this.#faults, log: this.#log };
  }

  /** What happened until now. */
  get log(): readonly string[] {
    return this.#log;
  }

  async #do(step: Step) {
    const { proxy } = this.world;
    switch (step.do) {
      case "send":
        return this.#send(step);
      case "send in both":
        return this.#sendInBoth(this.plan.comments[step.comment]);
      case "faults":
        // The plan is left as it is, and the rules are counted down.
        proxy.rules.push(...step.rules.map((rule) => ({ ...rule })));
        return;
      case "stop server":
        this.#isStopped = true;
        return proxy.stop();
      case "start server":
        return this.#startServer();
      case "go offline":
        this.#isOffline = true;
        return this.world.context.setOffline(true);
      case "go online":
        return this.#goOnline();
      case "die":
        if (step.underWay) await until(() => proxy.underWay > 0, 300);
        return this.#die(step.tab, step.how);
      case "open":
        return this.#open(step.tab);
      case "press Send now":
        return this.#pressSendNow(await this.#page(step.tab));
      case "forward":
        return this.#forward(step.seconds);
      case "wait":
        return wait(step.ms);
    }
  }

  async #send({ tab, comment: at, by, dies }: Step & { do: "send" }) {
    const comment = this.plan.comments[at];
    const page = await this.#page(tab);
    const composer = await this.#write(page, comment);
    const end = dies && (await this.#prepare(page, dies.how));
    this.#submitted.push(comment);
    switch (by) {
      case "click":
        await composer.send.click();
        break;
      case "double click":
        await composer.send.dblclick();
        break;
      case "keys":
        await composer.text.press("Control+Enter");
        break;
    }
    if (end) {
      await wait(dies.ms);
      await this.#die(tab, dies.how, end);
    } else {
      await this.#expectShown(comment, page);
    }
  }

  async #sendInBoth(comment: Comment) {
    const [first, second] = [await this.#page(0), await this.#page(1)];
    const composer = await this.#write(first, comment);
    await second.reload({ waitUntil: "commit" });
    await this.#ready(second);
    const other = await this.#composer(second, comment);
    await this.#sign(other);
    const isThere = async () => (await other.text.inputValue()).includes(comment.marker);
    if (!(await until(isThere, 1_000))) this.#note("  the second tab does not have the draft");
    this.#submitted.push(comment);
    // Both at once: what Playwright makes sure of before it clicks takes longer than a comment.
    await Promise.all([composer, other].map(({ send }) => send.evaluate((button: HTMLElement) => button.click())));
    await this.#expectShown(comment, first, second);
  }

  /** Puts a text into its form. */
  async #write(page: Page, comment: Comment): Promise<Composer> {
    const composer = await this.#composer(page, comment);
    await this.#sign(composer);
    await composer.text.fill(comment.text);
    return composer;
  }

  async #sign(composer: Composer) {
    await composer.name.fill("Ada");
    await composer.email.fill("ada@mail.example");
  }

  async #composer(page: Page, { answers }: Comment): Promise<Composer> {
    if (answers === null) return Composer.root(page);
    const id = this.world.thread.ids[`s${answers}`];
    const open = new Composer(row(page, id).locator(".write"));
    if (await open.text.isVisible()) return open;
    const opened = await Composer.reply(page, id);
    // It takes the focus when it is drawn, and Playwright types where the focus is.
    await until(() => opened.text.evaluate((text) => (text.getRootNode() as ShadowRoot).activeElement === text), 5_000);
    return opened;
  }

  /** Whoever pressed Send sees a row at once, whatever becomes of it. */
  async #expectShown({ marker }: Comment, ...pages: Page[]) {
    const rows = pages.map((page) => page.locator("li.comment").locator(TEXT).filter({ hasText: marker }));
    const isShown = async () => (await Promise.all(rows.map((row) => row.count()))).some((count) => count > 0);
    if (await until(isShown, 30_000)) return;
    this.#faults.push(`${marker} was sent and no row shows it`);
    // What the page says then tells why.
    for (const page of pages) for (const form of await page.locator(".write").all()) {
      const fields = await form.locator("input, textarea").evaluateAll((all) => all.map((it) => `${(it as HTMLInputElement).value.slice(0, 40)}${it.ariaInvalid ? " (wrong)" : ""}`));
      this.#note(`  ${await form.innerText()} ${JSON.stringify(fields)}`);
    }
  }

  async #pressSendNow(page: Page) {
    // Whether a comment of which nobody knows is sent once more is for its reader to decide.
    const button = page.locator('li.comment[data-outbox]:not([data-outbox="unsure"])').getByRole("button", { name: "Send now" });
    if ((await button.count()) === 0) return this.#note("  there is no such button");
    await button.first().click({ timeout: 500 }).catch(() => this.#note("  it was gone"));
  }

  /** A page on which a comment can be written. */
  async #page(tab: number): Promise<Page> {
    if (!this.#tabs[tab]) await this.#open(tab);
    const page = this.#tabs[tab]!;
    await this.#ready(page);
    return page;
  }

  async #open(tab: number) {
    if (this.#tabs[tab]) return;
    await this.#goOnline();
    const page = await this.world.context.newPage();
    this.#tabs[tab] = page;
    this.#watch(page);
    // A crash takes the other tab with it where both have one process.
    page.on("crash", () => {
      if (this.#tabs[tab] === page) this.#tabs[tab] = undefined;
      this.#pending.delete(page);
      void page.close();
    });
    await page.goto(this.world.address, { waitUntil: "commit" });
    await started(page);
  }

  /** Counts the requests that the page waits for. A stream of events has no end. */
  #watch(page: Page) {
    const { proxy } = this.world;
    const count = (by: number) => (request: { url(): string }) => {
      const isWaitedFor = request.url().startsWith(proxy.origin) && !/\/events\?/.test(request.url());
      if (isWaitedFor) this.#pending.set(page, (this.#pending.get(page) ?? 0) + by);
    };
    page.on("request", count(1));
    page.on("requestfinished", count(-1));
    page.on("requestfailed", count(-1));
    page.on("close", () => this.#pending.delete(page));
  }

  /** Waits for a place to write, and sees to it where the thread could not be read. */
  async #ready(page: Page) {
    const composer = Composer.root(page).text;
    const retry = page.locator(".thread").getByRole("button", { name: "Try again" });
    for (let times = 0; times < 20; times++) {
      const isThere = await composer.or(retry).first().waitFor({ timeout: 5_000 }).then(() => true, () => false);
      if (await composer.isVisible()) return;
      await this.#goOnline();
      await this.#startServer();
      if (isThere) {
        // The notice may go by itself meanwhile. A tab behind another one draws no frames to click in.
        await retry.evaluateAll((buttons: HTMLElement[]) => buttons.forEach((button) => button.click()));
        await wait(250);
      } else await page.reload({ waitUntil: "commit" });
      await this.#quiet();
    }
    const found = await page.locator(".thread").innerText().catch(String);
    throw new Error(`expected a place to write, found ${found}`);
  }

  async #die(tab: number, how: Death, prepared?: () => Promise<void>) {
    const page = this.#tabs[tab];
    if (!page) return;
    const end = prepared ?? (await this.#prepare(page, how));
    if (how !== "reload") this.#tabs[tab] = undefined;
    await end();
    this.#pending.delete(page);
    if (how === "reload") await started(page);
  }

  /** Gets ready what takes time, so that the end comes at once when it is called. */
  async #prepare(page: Page, how: Death): Promise<() => Promise<void>> {
    switch (how) {
      case "close":
        return () => page.close();
      case "reload":
        return async () => void (await page.reload({ waitUntil: "commit" }));
      case "crash": {
        const session = await this.world.context.newCDPSession(page);
        return async () => {
          const crashed = page.waitForEvent("crash");
          // It has no answer.
          session.send("Page.crash").catch(() => {});
          await crashed;
          await page.close();
        };
      }
    }
  }

  /** Moves the clocks of all pages. */
  async #forward(seconds: number) {
    // The pauses of the client are times in which a request that is on its way arrives.
    await this.#quiet();
    await this.world.context.clock.fastForward(seconds * 1000);
  }

  /** Waits until no request is on its way. */
  async #quiet() {
    const isBusy = () => this.world.proxy.underWay > 0 || [...this.#pending.values()].some((count) => count > 0);
    let since = Date.now();
    const isQuiet = () => {
      if (isBusy()) since = Date.now();
      return Date.now() - since >= QUIET_MS;
    };
    if (!(await until(isQuiet, 10_000))) throw new Error("expected all requests to end, found some under way after 10 s");
  }

  async #startServer() {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#note("  the server is there");
    await this.world.proxy.start();
  }

  async #goOnline() {
    if (!this.#isOffline) return;
    this.#isOffline = false;
    this.#note("  the network is there");
    await this.world.context.setOffline(false);
  }

  /** Heals everything, lets the client finish, and counts. */
  async #end(): Promise<Account> {
    const { backend, thread, proxy } = this.world;
    this.#note(this.plan.closes ? "all tabs are closed, and the network heals" : "the network heals");
    if (this.plan.closes) {
      for (let tab = 0; tab < this.#tabs.length; tab++) await this.#die(tab, "close");
    }
    proxy.rules = [];
    await this.#goOnline();
    await this.#startServer();
    let tab = Math.max(0, this.#tabs.findIndex(Boolean));
    for (let look = 1; ; look++) {
      const page = await this.#page(tab);
      await this.#settle(page);
      const rows = await shownIn(page);
      let result = account(this.#submitted, await backend.stored(thread), rows);
      if (result.lost.length > 0) {
        const drafts = await this.#drafts(page, result.lost);
        result = account(this.#submitted, await backend.stored(thread), [...rows, ...drafts]);
      }
      // A page that was there all the time need not know the drafts of another that has ended.
      if (result.lost.length > 0 && look < 3) {
        this.#note("a page is opened to look for what is lost");
        for (let each = 0; each < this.#tabs.length; each++) await this.#die(each, "close");
        tab = 0;
        continue;
      }
      for (const { text, state } of rows) this.#note(`shown as ${state}: ${text.trim().slice(0, 40)}`);
      if (result.lost.length > 0) this.#note(`the outbox: ${JSON.stringify(await outbox(page))}`);
      await this.#check(page, rows, await backend.stored(thread));
      return result;
    }
  }

  /** Moves the clock until the client has nothing more to do. */
  async #settle(page: Page) {
    // The rows come a moment after the page.
    await until(async () => (await outbox(page)).length <= (await shownIn(page)).length, 1_000);
    for (let times = 0; times < 30; times++) {
      await this.#quiet();
      const states = (await shownIn(page)).map(({ state }) => state);
      if (!states.some((state) => ACTIVE.includes(state))) {
        // Nothing may come after that.
        await this.#forward(900);
        await this.#quiet();
        return;
      }
      await this.#forward(times < 4 ? 11 : 310);
    }
    this.#faults.push("the client was still trying when it should have been done");
  }

  /** The forms that still have one of these comments. */
  async #drafts(page: Page, markers: string[]): Promise<Shown[]> {
    const drafts: Shown[] = [];
    for (const comment of this.#submitted.filter(({ marker }) => markers.includes(marker))) {
      const composer = await this.#composer(page, comment);
      drafts.push({ text: await composer.text.inputValue(), steps: await composer.send.allTextContents() });
      this.#note(`in the form: ${drafts.at(-1)!.text.slice(0, 40)}`);
    }
    return drafts;
  }

  /** Whether what arrived is whole, is what it was, and is shown once. */
  async #check(page: Page, rows: Shown[], stored: Stored[]) {
    const { thread } = this.world;
    const drafts = await page.evaluate(() =>
      Object.entries(localStorage).flatMap(([key, kept]) => (key.startsWith("causerie:draft:") ? [kept as string] : [])),
    );
    const texts = await page.locator("li.comment:not([data-outbox])").locator(TEXT).allTextContents();
    for (const { marker, end, answers } of this.#submitted) {
      const row = rows.find(({ text }) => text.includes(marker));
      if (row && !row.text.includes(end)) this.#faults.push(`${marker} is shown in part: ${row.text}`);
      const copy = stored.find(({ content }) => content.includes(marker));
      if (!copy) continue;
      // Of a held comment the endpoint tells the beginning only, and not what it answers.
      const isTold = !(copy.held && this.plan.place.backend === "causerie");
      if (isTold && !copy.content.includes(end)) this.#faults.push(`${marker} was cut: ${copy.content}`);
      const parent = answers === null ? null : thread.ids[`s${answers}`];
      if (isTold && (copy.parent ?? null) !== parent) this.#faults.push(`${marker} answers ${copy.parent}, not ${parent}`);
      if (drafts.some((draft) => draft.includes(marker))) this.#faults.push(`${marker} is stored, and still a draft`);
      const times = texts.filter((text) => text.includes(marker)).length;
      if (times > 1) this.#faults.push(`${marker} is shown ${times} times`);
    }
  }

  #note(line: string) {
    this.#log.push(`${String(Date.now() - this.#begun).padStart(6)} ms  ${line}`);
  }
}

/** The module runs. A tab that is left before that has not been there. */
async function started(page: Page) {
  await page.locator("causerie-thread .thread").waitFor();
}

/** The rows of comments that have not arrived. */
async function shownIn(page: Page): Promise<(Shown & { state: string })[]> {
  return page.locator("li.comment[data-outbox]").evaluateAll(
    (all, selector) =>
      all.map((row) => ({
        state: row.getAttribute("data-outbox") ?? "",
        text: row.querySelector(selector)?.textContent ?? "",
        steps: [...row.querySelectorAll("button:not([hidden])")].map((button) => button.textContent ?? ""),
      })),
    TEXT,
  );
}

/** What the client has stored of comments that have not arrived. */
async function outbox(page: Page): Promise<unknown[]> {
  return page.evaluate(async () => {
    // To open a database that is not there would make an empty one in its place.
    const all = await indexedDB.databases();
    if (!all.some(({ name }) => name === "causerie")) return [];
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open("causerie"));
    try {
      if (!database.objectStoreNames.contains("outbox")) return [];
      return await settled(database.transaction("outbox").objectStore("outbox").getAll());
    } finally {
      database.close();
    }
  });
}

/** Asks again and again. Tells whether it came true in time. */
async function until(isSo: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > end) return false;
    await wait(10);
  }
  return true;
}

function told(step: Step, { comments }: Plan): string {
  const { do: what, ...rest } = step;
  if (!("comment" in rest)) return `${what} ${JSON.stringify(rest)}`;
  const { comment, ...others } = rest;
  const { marker, answers } = comments[comment];
  return `${what} ${marker} (${answers === null ? "a thread" : `answers s${answers}`}) ${JSON.stringify(others)}`;
}
