// What a run consists of.
import type { Name } from "./subjects";

export type Plan = {
  subjects: Name[];
  sizes: { size: number; runs: number }[];
};

export const QUICK: Plan = {
  subjects: ["floor", "client", "snapshot"],
  sizes: [
    { size: 100, runs: 3 },
    { size: 1_000, runs: 3 },
  ],
};

export const FULL: Plan = {
  subjects: ["floor", "client", "snapshot", "isso", "wordpress"],
  sizes: [
    { size: 12, runs: 3 },
    { size: 100, runs: 5 },
    { size: 1_000, runs: 3 },
    { size: 10_000, runs: 3 },
    { size: 100_000, runs: 1 },
  ],
};
