// Visits every subject with every conversation, in turns, and reports the medians.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Figures, measure, type Profile, PROFILES, warmUp } from "./measure";
import { FULL, type Plan, QUICK } from "./plan";
import { test, type Browser } from "./playwright";
import { report, type Result } from "./report";
import { start, type Subject, type Thread } from "./subjects";

const RESULTS = fileURLToPath(new URL("results.md", import.meta.url));

test("bench", async ({ browser }) => {
  const isQuick = process.env.BENCH_SCOPE === "quick";
  const plan = isQuick ? QUICK : FULL;
  const subjects: Subject[] = [];
  const remarks: string[] = [];
  for (const name of plan.subjects) {
    const subject = await start(name);
    "missing" in subject ? remarks.push(`${name} is not here: ${subject.missing}`) : subjects.push(subject);
  }
  const results = await visitAll(browser, plan, subjects).finally(async () => {
    for (const subject of subjects) await subject.stop();
  });
  const text = report({ results, subjects, remarks, isQuick, browser: browser.version() });
  console.log(`\n${text}`);
  if (!isQuick) writeFileSync(RESULTS, text);
});

async function visitAll(browser: Browser, plan: Plan, subjects: Subject[]): Promise<Result[]> {
  const results: Result[] = [];
  // All before the first visit, because pages and feeds name other posts too.
  const stored = new Map<number, Map<Subject, Thread>>();
  for (const { size } of plan.sizes) stored.set(size, await storeAtAll(subjects, size));
  for (const { size, runs } of plan.sizes) {
    const threads = stored.get(size)!;
    // Their fronts have everything in memory after a first visit.
    for (const [subject, thread] of threads) await warmUp({ browser, profile: PROFILES[0], subject, thread });
    for (const profile of PROFILES) {
      const figures = await visitInTurns(browser, threads, profile, runs);
      for (const [subject, visits] of figures) {
        results.push({ size, profile: profile.name, subject: subject.name, runs, figures: medians(visits) });
      }
    }
  }
  return results;
}

async function storeAtAll(subjects: Subject[], size: number): Promise<Map<Subject, Thread>> {
  const threads = new Map<Subject, Thread>();
  for (const subject of subjects.filter(({ most }) => size <= most)) threads.set(subject, await subject.store(size));
  return threads;
}

/** One visit after the other of each, so that what the machine does beside it hits all of them. */
async function visitInTurns(browser: Browser, threads: Map<Subject, Thread>, profile: Profile, runs: number) {
  const visits = new Map([...threads.keys()].map((subject): [Subject, Figures[]] => [subject, []]));
  for (let run = 0; run < runs; run++) {
    for (const [subject, thread] of threads) {
      const figures = await measure({ browser, profile, subject, thread });
      visits.get(subject)!.push(figures);
      const [first, all] = [figures.first, figures.all].map((time) => (time === undefined ? "-" : Math.round(time)));
      console.log(`${subject.name}, ${thread.size}, ${profile.name}: first ${first} ms, all ${all} ms`);
    }
  }
  return visits;
}

function medians(visits: Figures[]): Figures {
  const names = new Set(visits.flatMap((figures) => Object.keys(figures) as (keyof Figures)[]));
  const entries = [...names].map((name) => [name, median(visits.map((figures) => figures[name]))]);
  return Object.fromEntries(entries);
}

function median(values: (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}
