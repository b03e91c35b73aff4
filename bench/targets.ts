// What the client is to reach, as ratios within one run, and what was tried where it does not.
import type { Figures } from "./measure";
import type { Name } from "./subjects";

/** A median of a run. */
export type Look = (subject: Name, profile: "desktop" | "mobile", size: number, figure: keyof Figures) => number | undefined;

export type Target = {
  says: string;
  /** What is found may be at most this. */
  most: number;
  unit: "times" | "ms" | "bytes" | "";
  found(look: Look): number | undefined;
  /** Where it is missed: what was tried. */
  tried?: string;
};

/** Once for all back ends. */
const BYTES_TRIED =
  "Tried, with what each took off: the standard library built along for size, without panics (13 kB), elements built by calls in place of `view!`, JSON read member by member, one kind of cell and a list of our own (100 kB when it was done, see docs/decisions/0003), a module for each back end (11 kB), scripts minified and names cut short (6 kB), what few readers need as scripts that are loaded when they are wanted (2 kB). Without gain: two other allocators, other sizes for inlining, an outliner for the compiler's code, element descriptors in place of calls. What is left is code that every reader runs: Leptos with its glue, the conversation, the outbox, drafts, news, the texts of one language. To go on would mean a second module that is loaded for writing, which a reader on a bad line would wait for, or script in place of Rust.";

export const TARGETS: Target[] = [
  {
    says: "First comment on mobile at 100, beside the floor's",
    most: 1.4,
    unit: "times",
    tried: "Most of the difference is the line: the client has 100 kB to load before it can show anything, at 200 kB in a second. Tried: the feed and the first piece requested while the module loads (2.04 to 1.69 times), a module for each back end (10 kB less), formats made while the module is waited for (0.08 times the floor's less), eight rows drawn before the first frame, and the post in the same frame (0.03 times less). Without gain: the module without its digest, so that it is compiled while it comes; its preload at the end of the page.",
    found: (look) => over(look("client", "mobile", 100, "first"), look("floor", "mobile", 100, "first")),
  },
  {
    says: "First comment with a snapshot on mobile at 100, beside the floor's",
    most: 0.7,
    unit: "times",
    tried: "Runs lie between 0.65 and 0.77 times. The first paint waits twice for the line, for the page with its first hundred comments and for the style sheet. Tried: the module asked for with low priority, which takes 0.03 times off here and adds as much to a page without a snapshot.",
    found: (look) => over(look("snapshot", "mobile", 100, "first"), look("floor", "mobile", 100, "first")),
  },
  ...[1_000, 10_000, 100_000].map((size): Target => ({
    says: `First comment on mobile at ${size.toLocaleString("en")}, beside our own at 100`,
    most: 1.2,
    unit: "times",
    found: (look) => over(look("client", "mobile", size, "first"), look("client", "mobile", 100, "first")),
  })),
  {
    says: "All 10,000 in the document and found by a search on desktop, beside the floor's",
    most: 1,
    unit: "times",
    found: (look) =>
      look("client", "desktop", 10_000, "found") === 1
        ? over(look("client", "desktop", 10_000, "all"), look("floor", "desktop", 10_000, "all"))
        : undefined,
  },
  {
    says: "Longest task on desktop at 10,000",
    most: 50,
    unit: "ms",
    tried: "Tried: slices of 20 ms, a frame between two of them, batches instead of single rows for the browser to lay out lazily, one layout of the thread for several pieces (179 ms before), no :has() in the style sheet (74 ms before), half a slice where a piece was read before (53 ms before). What is left is a browser's own layout of what a slice has drawn, and the start of the module.",
    found: (look) => look("client", "desktop", 10_000, "longest"),
  },
  {
    says: "Longest task on mobile at 10,000",
    most: 200,
    unit: "ms",
    found: (look) => look("client", "mobile", 10_000, "longest"),
  },
  {
    says: "Longest task while one comment comes into 10,000 on desktop: a frame",
    most: 1000 / 60,
    unit: "ms",
    tried: "Tried: a new comment is put in its place without sorting all others, and its row touches no other (82 ms before); what a link has led to is noted, not looked for in all of the page (7 ms); a click on Send is taken at the button, because a browser goes through the page before it tells a form (9 ms). The list of rows is still made anew for each arrival.",
    found: (look) => look("client", "desktop", 10_000, "insert"),
  },
  {
    says: "95th percentile of the frames while scrolling 10,000 on desktop, beside the floor's",
    most: 1,
    unit: "times",
    found: (look) => over(look("client", "desktop", 10_000, "frame"), look("floor", "desktop", 10_000, "frame")),
  },
  {
    says: "Heap at 10,000 on desktop, beside the floor's",
    most: 1.3,
    unit: "times",
    found: (look) => over(look("client", "desktop", 10_000, "heap"), look("floor", "desktop", 10_000, "heap")),
  },
  {
    says: "Frames while scrolling 100,000 on desktop: it stays usable",
    most: 50,
    unit: "ms",
    found: (look) => look("client", "desktop", 100_000, "frame"),
  },
  ...(process.env.BENCH_BYTES ?? "").split(" ").map((pair): Target => {
    const [backend, bytes] = pair.split("=");
    return {
      says: `Everything needed to read and write, after Brotli, for ${backend}`,
      most: 80_000,
      unit: "bytes",
      tried: BYTES_TRIED,
      found: () => Number(bytes) || undefined,
    };
  }),
  ...shifts("client", ""),
  ...shifts("snapshot", " with a snapshot"),
  ...(["desktop", "mobile"] as const).map((profile): Target => ({
    says: `All 100,000 on ${profile}, beside ten times our own time for 10,000`,
    most: 1.2,
    unit: "times",
    tried: "Tried: no :has() in the style sheet, which the browser tried anew in all of the page for whatever came into it; between two frames as long is drawn as the last one took, up to 160 ms (2.4 times before, with the processor slowed down). What is left grows with the batches: the browser looks at each of them in every frame.",
    found: (look) => over(look("client", profile, 100_000, "all"), 10 * (look("client", profile, 10_000, "all") ?? NaN)),
  })),
];

function shifts(subject: Name, how: string): Target[] {
  return (["desktop", "mobile"] as const).map((profile) => ({
    says: `Layout shift on ${profile}${how}, the most of all sizes`,
    most: 0.01,
    unit: "",
    found: (look) => worst([12, 100, 1_000, 10_000, 100_000].map((size) => look(subject, profile, size, "shift"))),
  }));
}

function over(ours: number | undefined, theirs: number | undefined): number | undefined {
  return ours === undefined || theirs === undefined || Number.isNaN(theirs) ? undefined : ours / theirs;
}

function worst(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length ? Math.max(...known) : undefined;
}
