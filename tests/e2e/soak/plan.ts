// What happens in a scenario. All of it follows from a number, its seed.
import type { Name } from "../embed";
import type { Rule } from "../proxy";

export type Place = {
  backend: Exclude<Name, "static">;
  accepts: "open" | "moderated";
  /**
   * Of which texts it knows a request that it has had before. The network must not repeat others:
   * no client could do anything about it.
   */
  knows: "all" | "plain" | "none";
};

/** How many comments each post has from the start, for answers. */
export const SEEDED = 3;

export type Comment = {
  /** Stands at the beginning of the text and nowhere else. */
  marker: string;
  /** Stands at its end. */
  end: string;
  text: string;
  /** Which of the seeded comments it answers, or none. */
  answers: number | null;
};

/** How a tab ends: closed without being asked, its process killed, or the page loaded again. */
export type Death = "close" | "crash" | "reload";

export type Step =
  /** `dies`: the tab ends so many ms after Send was pressed. */
  | { do: "send"; tab: number; comment: number; by: "click" | "double click" | "keys"; dies?: { how: Death; ms: number } }
  /** The draft of the first tab is in the second as well, and Send is pressed in both. */
  | { do: "send in both"; comment: number }
  | { do: "faults"; rules: Rule[] }
  | { do: "stop server" }
  | { do: "start server" }
  | { do: "go offline" }
  | { do: "go online" }
  /** `underWay`: as soon as a request is, if there is one soon. */
  | { do: "die"; tab: number; how: Death; underWay: boolean }
  /** Opens the page where its tab has ended. */
  | { do: "open"; tab: number }
  | { do: "press Send now"; tab: number }
  | { do: "forward"; seconds: number }
  | { do: "wait"; ms: number };

export type Plan = {
  seed: number;
  place: Place;
  tabs: number;
  comments: Comment[];
  steps: Step[];
  /** Whether all tabs are closed before the network heals. Otherwise they have to go on by themselves. */
  closes: boolean;
};

const OWN = { backend: "causerie", knows: "all" } as const;
// It compares what comes with what it has, and what it has went through its filters.
const WORDPRESS = { backend: "wordpress", knows: "plain" } as const;
const ISSO = { backend: "isso", knows: "none" } as const;

const PLACES: [weight: number, Place][] = [
  [24, { ...OWN, accepts: "open" }],
  [10, { ...OWN, accepts: "moderated" }],
  [22, { ...WORDPRESS, accepts: "open" }],
  [10, { ...WORDPRESS, accepts: "moderated" }],
  [30, { ...ISSO, accepts: "open" }],
  [4, { ...ISSO, accepts: "moderated" }],
];

export function plan(seed: number): Plan {
  const random = new Random(seed);
  const place = random.weighted(PLACES);
  const tabs = random.chance(0.4) ? 2 : 1;
  const repeats = place.knows !== "none" && random.chance(0.5);
  const texts = repeats && place.knows === "plain" ? PLAIN : [...PLAIN, ...OTHERS];
  const comments: Comment[] = [];
  const steps = new Steps(random, tabs, repeats);
  const free = [null, 0, 1, 2] as Comment["answers"][];
  const count = random.pick([1, 1, 2, 2, 3, 4]);
  for (let at = 0; at < count; at++) {
    const answers = random.pick(free);
    const [marker, end] = [`soak${seed}n${at}x`, `end${seed}n${at}x`];
    comments.push({ marker, end, text: `${marker} ${random.pick(texts)} ${end}`, answers });
    // A form that may hold a text from before a crash takes no other.
    if (steps.send(at)) free.splice(free.indexOf(answers), 1);
    for (let times = random.below(3); times > 0; times--) steps.between();
  }
  return { seed, place, tabs, comments, steps: steps.all, closes: random.chance(0.5) };
}

/** Makes steps of which each makes sense after those before it. */
class Steps {
  readonly all: Step[] = [];
  readonly #isOpen: boolean[];
  #isOffline = false;
  #isStopped = false;

  constructor(
    readonly random: Random,
    readonly tabs: number,
    /** Whether the network may repeat a request. */
    readonly repeats: boolean,
  ) {
    this.#isOpen = Array(tabs).fill(true);
  }

  /** Sends a comment. Tells whether its text may be in the form still. */
  send(comment: number): boolean {
    const { random } = this;
    const tab = random.below(this.tabs);
    this.#open(tab);
    const send = { do: "send", tab, comment, by: random.pick(["click", "click", "double click", "keys"]) } as const;
    const way = random.weighted([
      [8, "plainly"],
      [3, "dies"],
      [3, "held"],
      [this.tabs > 1 && !this.#isOffline ? 3 : 0, "both"],
    ] as [number, "plainly" | "dies" | "held" | "both"][]);
    if (way !== "held" && random.chance(0.9)) this.#trouble();
    switch (way) {
      case "plainly":
        this.all.push(send);
        return false;
      case "both":
        this.#online();
        this.#open(0);
        this.#open(1);
        this.all.push({ do: "send in both", comment });
        return false;
      case "dies":
        this.all.push({ ...send, dies: { how: this.#death(tab), ms: random.pick([0, 0, 0, 5, 20, 60]) } });
        return true;
      case "held": {
        const rules: Rule[] = [{ kind: "delay", ms: random.pick([300, 500, 900]), method: "POST", times: 1 }];
        if (random.chance(0.3)) rules.push(...faults(random, this.repeats));
        this.all.push({ do: "faults", rules }, send, { do: "die", tab, how: this.#death(tab), underWay: true });
        return false;
      }
    }
  }

  /** One thing that happens between comments. */
  between() {
    const { random } = this;
    const tab = random.below(this.tabs);
    const what = random.weighted([
      [4, "forward"],
      [3, "wait"],
      [3, "trouble"],
      [3, "help"],
      [2, "now"],
      [2, "die"],
      [2, "open"],
    ] as [number, string][]);
    switch (what) {
      case "forward":
        this.all.push({ do: "forward", seconds: random.pick([1, 3, 5, 11, 20, 60, 400]) });
        break;
      case "wait":
        this.all.push({ do: "wait", ms: random.pick([20, 50, 100, 200]) });
        break;
      case "trouble":
        this.#trouble();
        break;
      case "help":
        this.#online();
        if (this.#isStopped) this.all.push({ do: "start server" });
        this.#isStopped = false;
        break;
      case "now":
        this.#open(tab);
        this.all.push({ do: "press Send now", tab });
        break;
      case "die":
        if (!this.#isOpen[tab]) break;
        this.all.push({ do: "die", tab, how: this.#death(tab), underWay: random.chance(0.5) });
        break;
      case "open":
        this.#open(tab);
        break;
    }
  }

  #trouble() {
    const { random } = this;
    const what = random.weighted([
      [8, "faults"],
      [2, "server"],
      [2, "network"],
    ] as [number, string][]);
    if (what === "server" && !this.#isStopped) {
      this.#isStopped = true;
      this.all.push({ do: "stop server" });
    } else if (what === "network" && !this.#isOffline) {
      this.#isOffline = true;
      this.all.push({ do: "go offline" });
    } else {
      this.all.push({ do: "faults", rules: faults(random, this.repeats) });
    }
  }

  #death(tab: number): Death {
    const how = this.random.pick(["close", "close", "crash", "reload"] as const);
    // Without a network no page is loaded.
    if (how === "reload") this.#online();
    this.#isOpen[tab] = how === "reload";
    return how;
  }

  #open(tab: number) {
    if (this.#isOpen[tab]) return;
    this.#online();
    this.all.push({ do: "open", tab });
    this.#isOpen[tab] = true;
  }

  #online() {
    if (this.#isOffline) this.all.push({ do: "go online" });
    this.#isOffline = false;
  }
}

/** What the next requests run into. */
function faults(random: Random, repeats: boolean): Rule[] {
  const method = random.weighted([
    [12, "POST"],
    [4, "GET"],
    [1, "OPTIONS"],
  ]);
  const times = random.pick([1, 1, 1, 2, 3]);
  const of = { method, times };
  // What a page of another origin may not read is to the client as if there were no answer.
  const html = random.chance(0.5) ? {} : { "Access-Control-Allow-Origin": "https://gateway.example" };
  const retry = { "Retry-After": `${random.pick([1, 4, 30, 90])}` };
  const after = random.chance(0.5);
  const nonsense = random.pick(['{"hello":"world"}', '"yes"', '{"id":', ""]);
  const rule = random.weighted<Rule>([
    [2, { kind: "delay", ms: random.pick([100, 200, 400, 800, 1500]), ...of, times: 1 }],
    [2, { kind: "drop-request", ...of }],
    [4, { kind: "drop-answer", ...of }],
    [repeats ? 4 : 0, { kind: "duplicate", ...of }],
    [2, { kind: "cut", bytes: random.below(60), ...of }],
    [2, { kind: "answer", status: 500, headers: html, body: PAGE, after, ...of }],
    [1, { kind: "answer", status: 503, headers: html, body: PAGE, ...of }],
    [1, { kind: "answer", status: 503, headers: retry, body: PAGE, ...of }],
    [1, { kind: "answer", status: 429, headers: retry, body: PAGE, ...of }],
    [1, { kind: "answer", status: 200, headers: html, body: PAGE, ...of }],
    [2, { kind: "answer", status: 200, headers: { "Content-Type": "application/json" }, body: nonsense, after, ...of }],
  ]);
  const waits = rule.kind !== "delay" && random.chance(0.2);
  return waits ? [{ kind: "delay", ms: random.pick([100, 300]), ...of, times: 1 }, rule] : [rule];
}

const PAGE = "<!doctype html><title>Sorry</title><p>Not now.";

/** Texts that every back end stores as they are. */
const PLAIN = [
  "One sentence.",
  "A paragraph.\n\nAnother one.\nA line of it.\n\n\n\nA third,   with  spaces.",
  "She said \"no\", and he: 'Why?' – “because”, ‘so’ … it's 5'11\".",
  "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Ça va, señor? Ångström.",
  "👍🏽 👩‍👩‍👧‍👦 🇺🇳 ☕️ and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
  "مرحبا بالعالم، كيف الحال؟ and שלום",
  "\tA tab, a no-break\u00a0space, e\u0301 in two parts, a zero\u200bwidth.",
  Array.from({ length: 60 }, (_, at) => `Sentence ${at} of a long text, with “quotes” and an ü.`).join("\n"),
];

const OTHERS = [
  "You & I, R&D, &amp; &lt;b&gt; a < b && c > d, 1<2",
  "*stress* `code` **more** [a link](https://example.org/?a=1&b=2#c)\n\n> quoted\n> twice\n\n1. one\n2. two\n\n    let x = \"y\";",
  "<em>HTML</em>, half of <it>, and \\*backslashes\\* C:\\new\\table",
];

/** Numbers that look random and are the same for the same seed: mulberry32. */
export class Random {
  constructor(private state: number) {}

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)];
  }

  weighted<T>(all: readonly (readonly [weight: number, T])[]): T {
    let left = this.next() * all.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of all) {
      left -= weight;
      if (left < 0) return item;
    }
    return all[all.length - 1][1];
  }
}
