// Says in Markdown what was found.
import { cpus, totalmem } from "node:os";
import type { Figures } from "./measure";
import type { Name, Subject } from "./subjects";
import { type Look, type Target, TARGETS } from "./targets";

/** The medians of the visits to one subject. */
export type Result = { size: number; profile: "desktop" | "mobile"; subject: Name; runs: number; figures: Figures };

type Run = { results: Result[]; subjects: Subject[]; remarks: string[]; isQuick: boolean; browser: string };

type Column = { title: string; figure: keyof Figures; write(value: number): string; isCompared?: boolean };

const whole = (value: number) => Math.round(value).toLocaleString("en");
const milliseconds = (value: number) => `${whole(value)} ms`;
const megabytes = (value: number) => `${(value / 1e6).toFixed(1)} MB`;

const COLUMNS: Column[] = [
  { title: "first comment", figure: "first", write: milliseconds, isCompared: true },
  { title: "all comments", figure: "all", write: milliseconds, isCompared: true },
  { title: "taken over", figure: "takenOver", write: milliseconds },
  { title: "blocked", figure: "blocking", write: milliseconds },
  { title: "longest task", figure: "longest", write: (value) => (value ? milliseconds(value) : "< 50 ms") },
  { title: "send to row", figure: "send", write: milliseconds, isCompared: true },
  { title: "insert", figure: "insert", write: (value) => `${value.toFixed(1)} ms`, isCompared: true },
  { title: "frame", figure: "frame", write: (value) => `${value.toFixed(1)} ms`, isCompared: true },
  { title: "shift", figure: "shift", write: (value) => value.toFixed(4) },
  { title: "heap", figure: "heap", write: megabytes, isCompared: true },
  { title: "elements", figure: "elements", write: whole },
  { title: "found", figure: "found", write: (value) => (value ? "yes" : "no") },
  { title: "bytes", figure: "bytes", write: whole },
  { title: "requests", figure: "requests", write: whole },
];

const PROFILE_TITLES = {
  desktop: "Desktop",
  mobile: "Mobile: processor slowed down to a quarter, 1.6 Mbit/s, 150 ms there and back",
};

export function report({ results, subjects, remarks, isQuick, browser }: Run): string {
  const look: Look = (subject, profile, size, figure) => find(results, subject, profile, size)?.figures[figure];
  // A quick run does not visit what most targets are about.
  const targets = TARGETS.filter((target) => !isQuick || target.found(look) !== undefined);
  const parts = [
    "# What the client takes, beside a floor",
    "Written by `cargo xtask bench`; [CONTRIBUTING.md](../CONTRIBUTING.md#the-bench) says what is measured. In\nbrackets: beside the floor's in this run. No figure promises anything about another machine.",
    versions(subjects, remarks, browser),
    "## Targets",
    table(["target", "at most", "found", ""], targets.map((target) => targetLine(target, look))),
    ...tried(look),
    ...(["desktop", "mobile"] as const).flatMap((profile) => {
      const own = results.filter((result) => result.profile === profile);
      return [`## ${PROFILE_TITLES[profile]}`, figuresTable(own, results)];
    }),
  ];
  return `${parts.join("\n\n")}\n`;
}

function versions(subjects: Subject[], remarks: string[], browser: string): string {
  const [cpu] = cpus();
  const named = subjects.filter(({ version }) => version).map(({ name, version }) => `- ${name}: ${version}`);
  const lines = [
    `- ${new Date().toISOString().slice(0, 10)}, ${cpu.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `- Chromium ${browser}, headless; Node ${process.version}`,
    ...named,
    ...remarks.map((remark) => `- ${remark}`),
  ];
  return lines.join("\n");
}

function targetLine(target: Target, look: Look): string[] {
  const found = target.found(look);
  return [target.says, amount(target.most, target), found === undefined ? "–" : amount(found, target), verdict(target, found)];
}

function verdict({ most }: Target, found: number | undefined): string {
  if (found === undefined) return "not measured";
  // Two clocks that tick alike differ by a hundredth.
  return found <= most * 1.01 ? "reached" : `missed by ${Math.round((found / most - 1) * 100)} %`;
}

function amount(value: number, { unit }: Target): string {
  if (unit === "times") return `${value.toFixed(2)} times`;
  if (unit === "bytes") return whole(value);
  return unit === "ms" ? `${value.toFixed(1)} ms` : value.toFixed(4);
}

/** What was tried where a target is missed. */
function tried(look: Look): string[] {
  const missed = TARGETS.filter((target) => verdict(target, target.found(look)).startsWith("missed") && target.tried);
  const words = new Map(missed.map(({ says, tried }) => [tried, says]));
  return [...words].map(([tried, says]) => `**${says}.** ${tried}`);
}

function figuresTable(rows: Result[], all: Result[]): string {
  const lines = rows.map((result) => {
    const floor = find(all, "floor", result.profile, result.size);
    return [whole(result.size), result.subject, ...COLUMNS.map((column) => cell(column, result, floor))];
  });
  return table(["comments", "", ...COLUMNS.map(({ title }) => title)], lines);
}

function cell({ figure, write, isCompared }: Column, { subject, figures }: Result, floor: Result | undefined): string {
  const value = figures[figure];
  if (value === undefined) return "–";
  const base = floor?.figures[figure];
  const ratio = isCompared && base && subject !== "floor" ? ` (${(value / base).toFixed(2)})` : "";
  return write(value) + ratio;
}

function find(results: Result[], subject: Name, profile: Result["profile"], size: number): Result | undefined {
  return results.find((result) => result.subject === subject && result.profile === profile && result.size === size);
}

function table(head: string[], lines: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}
