// What the tests ask of every back end: to make a post with comments, and to tell what it has.
import type { Seed } from "../fixtures";

export type { Seed };

export type Post = {
  /** A comment comes after the one that it answers. */
  comments?: Seed[];
  accepts?: "open" | "moderated" | "closed";
  /** WordPress: whether guests may comment over REST, true by default here. Stock is false. */
  guests?: boolean;
  /** WordPress: whether it insists on 15 seconds between two comments. */
  flood?: boolean;
};

export type Thread = {
  /** The value of the attribute `thread`. */
  key: string;
  /** WordPress: the other value that the attribute may have. */
  slug?: string;
  /** The server that has it. */
  origin: string;
  /** The server's ids by those of the seeds. */
  ids: Record<string, string>;
};

export type Stored = {
  id: string;
  /** Absent where the server does not tell it of a held comment. */
  parent?: string | null;
  name: string;
  /** Markdown or HTML, as the server keeps or gives it. */
  content: string;
  held: boolean;
};

export interface Backend {
  /** Makes a post that no other test knows. */
  post(post?: Post): Promise<Thread>;
  /** All comments that the server has, also those that no reader sees yet. */
  stored(thread: Thread): Promise<Stored[]>;
  /** The attributes of the element, with the server reached at `origin`, where a proxy may be. */
  attributes(thread: Thread, origin?: string): Record<string, string>;
  /** What others do meanwhile: stores comments more, and gives their ids by those of the seeds. */
  add(thread: Thread, seeds: Seed[]): Promise<Record<string, string>>;
  /** Gives a comment another text. */
  edit(thread: Thread, id: string, text: string): Promise<void>;
  /** Takes a comment away. */
  remove(thread: Thread, id: string): Promise<void>;
  /** Publishes a held comment. */
  publish?(thread: Thread, id: string): Promise<void>;
}

let made = 0;

/** A name for a post, different in every worker. */
export function newName(): string {
  return `post-${process.pid}-${++made}`;
}

/** A seed with everything said. */
export function complete(seed: Seed, at: number) {
  return {
    ...seed,
    name: seed.name ?? `Guest ${at}`,
    content: seed.content ?? `What ${seed.id} has to say.`,
    published: seed.published ?? new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
  };
}

/** The JSON of an answer that has to be a good one. */
export async function json(request: Promise<Response>) {
  const response = await request;
  const text = await response.text();
  if (!response.ok) throw new Error(`expected an answer of ${response.url}, found ${response.status}: ${text}`);
  return JSON.parse(text);
}
