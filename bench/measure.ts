// One visit with a cold cache, and what it took.
import { setTimeout as wait } from "node:timers/promises";
import type { Browser, CDPSession, Page } from "./playwright";
import { probe, type Probe } from "./probe";
import type { Subject, Thread } from "./subjects";
import { lastWords } from "./threads";
import { count } from "./traffic";

/** Milliseconds and bytes. What could not be measured is absent. */
export type Figures = {
  bytes?: number;
  requests?: number;
  /** Until the first row is painted, and all of them. */
  first?: number;
  all?: number;
  /** Until the client has taken over a snapshot. */
  takenOver?: number;
  /** The sum of what long tasks take beyond 50 ms, and the longest of them; 0 if there was none. */
  blocking?: number;
  longest?: number;
  /** JavaScript's heap, the DOM's, and the memory of WebAssembly, after a collection. */
  heap?: number;
  elements?: number;
  /** The sum of all layout shifts. */
  shift?: number;
  /** The 95th percentile of the time between two frames while scrolling. */
  frame?: number;
  /** From pressing Send until the row is painted. */
  send?: number;
  /** The longest task from pressing Send until the server's comment is painted. */
  insert?: number;
  /** 1 if the browser's search finds the words of the newest comment. */
  found?: number;
};

export type Profile = {
  name: "desktop" | "mobile";
  viewport: { width: number; height: number };
  slowdown: number;
  network?: { latency: number; downloadThroughput: number; uploadThroughput: number };
};

export const PROFILES: Profile[] = [
  { name: "desktop", viewport: { width: 1280, height: 800 }, slowdown: 1 },
  {
    name: "mobile",
    viewport: { width: 360, height: 740 },
    slowdown: 4,
    // 1.6 Mbit/s there, 750 kbit/s back.
    network: { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 },
  },
];

/** How long a visit waits for anything. */
const patience = (size: number) => 60_000 + 4 * size;
/** Until what comes after the last comment has come. */
const AFTERMATH_MS = 500;
const SCROLL_STEPS = 150;
const SCROLL_PIXELS = 200;

type Visit = { browser: Browser; profile: Profile; subject: Subject; thread: Thread };

let sent = 0;

/** Loads the page once, so that the front has all answers in memory before anything is sent. */
export async function warmUp(visit: Visit) {
  await inside(visit, async (page) => void (await open(page, visit)));
}

export async function measure(visit: Visit): Promise<Figures> {
  const { browser, profile, subject, thread } = visit;
  const figures: Figures = {};
  await inside(visit, async (page, session) => {
    const traffic = await count(session);
    await slowDown(session, profile);
    await open(page, visit).catch(async (error) => {
      // What was to be seen by then counts.
      figures.first = (await loading(page)).first;
      throw error;
    });
    await page.waitForTimeout(AFTERMATH_MS);
    Object.assign(figures, traffic, await loading(page), { heap: await heap(page, session) });
    if (profile.name === "desktop") figures.frame = await scrolling(page);
    figures.found = await finds(page, thread.size);
    Object.assign(figures, await sending(browser, page, subject));
  });
  return figures;
}

/** Gives a page with a cold cache. What takes too long, or fails, is said and left out. */
async function inside(visit: Visit, act: (page: Page, session: CDPSession) => Promise<void>) {
  const { browser, profile, subject, thread } = visit;
  subject.front.begin();
  const context = await browser.newContext({ viewport: profile.viewport, locale: "en-US" });
  const page = await context.newPage();
  page.setDefaultTimeout(patience(thread.size));
  const session = await context.newCDPSession(page);
  // Playwright waits for a script in the page as long as it takes.
  const late = wait(2 * patience(thread.size), undefined, { ref: false }).then(() => {
    throw new Error(`took more than ${(2 * patience(thread.size)) / 1000} s`);
  });
  const acted = act(page, session);
  // The promise that loses the race must not count as a failure of its own.
  for (const promise of [late, acted]) promise.catch(() => {});
  try {
    await Promise.race([acted, late]);
  } catch (error) {
    console.log(`${subject.name}, ${thread.size}, ${profile.name}: ${String(error).split("\n")[0]}`);
  } finally {
    await context.close();
  }
}

async function open(page: Page, { subject, thread }: Visit) {
  const expected = subject.expected(thread);
  await page.addInitScript(probe, expected);
  await page.goto(subject.front.origin + thread.path, { waitUntil: "commit" });
  const last = expected.untilTakenOver ? (["all", "takenOver"] as const) : (["all"] as const);
  const areKnown = (names: readonly ("all" | "takenOver")[]) => names.every((name) => probed()[name] !== undefined);
  await page.waitForFunction(areKnown, last, { polling: 100 });
}

async function slowDown(session: CDPSession, { slowdown, network }: Profile) {
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  if (network) await session.send("Network.emulateNetworkConditions", { offline: false, ...network });
}

function loading(page: Page): Promise<Figures> {
  return page.evaluate(() => {
    const { first, all, takenOver, longTasks, shift } = probed();
    return {
      first,
      all,
      takenOver,
      blocking: longTasks.reduce((sum, length) => sum + length - 50, 0),
      longest: Math.max(0, ...longTasks),
      shift,
      elements: document.querySelectorAll("*").length,
    };
  });
}

async function heap(page: Page, session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const usage = (await session.send("Runtime.getHeapUsage")) as { usedSize: number; embedderHeapUsedSize?: number };
  const wasm = await page.evaluate(() => probed().wasmBytes());
  return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + wasm;
}

function scrolling(page: Page): Promise<number> {
  return page.evaluate(
    async ([steps, pixels]) => {
      const intervals: number[] = [];
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      let before = await frame();
      let step = pixels;
      for (let at = 0; at < steps; at++) {
        const was = scrollY;
        scrollBy(0, step);
        if (scrollY === was) step = -step;
        const now = await frame();
        intervals.push(now - before);
        before = now;
      }
      intervals.sort((one, other) => one - other);
      return intervals[Math.floor(intervals.length * 0.95)];
    },
    [SCROLL_STEPS, SCROLL_PIXELS],
  );
}

async function finds(page: Page, size: number): Promise<number> {
  const find = (text: string) => (window as unknown as { find(text: string): boolean }).find(text);
  return Number(await page.evaluate(find, lastWords(size)));
}

/** Writes a comment and sends it. */
async function sending(browser: Browser, page: Page, subject: Subject): Promise<Figures> {
  const text = `Sent as number ${++sent} of this run.`;
  await page.fill(subject.form.text, text);
  for (const [control, value] of Object.entries(subject.form.identity)) await page.fill(control, value);
  const button = page.locator(subject.form.send);
  await button.scrollIntoViewIfNeeded();
  // What scrolling brings is laid out by then.
  await page.waitForTimeout(AFTERMATH_MS);
  const { x, y } = (await button.boundingBox())!;
  await page.evaluate((text) => probed().expect(text), text);
  const trace = await traced(browser, page, async () => {
    // Without what Playwright's own click does in the page beforehand.
    await page.mouse.click(x + 5, y + 5);
    await page.waitForFunction(() => probed()?.arrived !== undefined, undefined, { polling: 50 });
  });
  const send = await page.evaluate(() => probed().shown);
  return subject.reloads ? { send } : { send, insert: longestTask(trace) };
}

/** The trace of what happens while `act` runs. It ends with it, or there could be no other. */
async function traced(browser: Browser, page: Page, act: () => Promise<void>): Promise<Buffer> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  let trace: Buffer | undefined;
  try {
    await act();
  } finally {
    trace = await browser.stopTracing();
  }
  return trace;
}

type TraceEvent = { name: string; pid: number; tid: number; dur?: number; args?: { name?: string } };

/** Milliseconds of the longest task of a page's main thread. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const isMain = (event: TraceEvent) => event.name === "thread_name" && event.args?.name === "CrRendererMain";
  const main = new Set(traceEvents.filter(isMain).map(thread));
  const tasks = traceEvents.filter((event) => event.name === "RunTask" && main.has(thread(event)));
  return Math.max(0, ...tasks.map(({ dur }) => (dur ?? 0) / 1000));
}

/** Inside the page. */
declare function probed(): Probe;
