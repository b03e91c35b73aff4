// Adds up what the scenarios counted. Playwright calls it.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import type { Account } from "./account";

/** For xtask, which says it again at the end of all tests. */
const FILE = fileURLToPath(new URL("../results/soak.txt", import.meta.url));

export default class Figures implements Reporter {
  #scenarios = 0;
  /** Scenarios that broke off before anything was counted, and so may hide a loss. */
  #broken = 0;
  readonly #sum = { submitted: 0, stored: 0, pending: 0, lost: 0, doubled: 0 };

  onTestEnd({ title }: TestCase, { annotations, status }: TestResult) {
    const isCounted = annotations.some(({ type }) => type === "soak");
    if (title.startsWith("soak ") && status !== "skipped" && !isCounted) this.#broken++;
    for (const { type, description } of annotations) {
      if (type !== "soak") continue;
      const { submitted, stored, pending, lost, doubled } = JSON.parse(description ?? "") as Account;
      this.#scenarios++;
      this.#sum.submitted += submitted;
      this.#sum.stored += stored;
      this.#sum.pending += pending;
      this.#sum.lost += lost.length;
      this.#sum.doubled += doubled.length;
    }
  }

  onEnd() {
    if (this.#scenarios + this.#broken === 0) return;
    const figures = Object.entries(this.#sum).map(([name, count]) => `, ${name} ${count}`);
    const broken = this.#broken > 0 ? `; ${this.#broken} more broke off before the count` : "";
    const line = `soak: ${this.#scenarios} scenarios${figures.join("")}${broken}`;
    console.log(line);
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, `${line}\n`);
  }

  printsToStdio() {
    return false;
  }
}
