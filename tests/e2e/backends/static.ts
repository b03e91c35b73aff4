// No server of comments at all: JSON files, as a blog's generator writes them, and an address that
// takes what readers send, as services for forms have it.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Backend, complete, newName, type Post, type Seed, type Stored, type Thread } from "./backend";

/** What a reader sent: its type and its text. */
export type Submission = { type: string; body: string };

export class Static implements Backend {
  readonly #files = new Map<string, { comments: FileComment[]; total: number; accepts: string }>();
  readonly #sent = new Map<string, Submission[]>();
  #server!: Server;

  private constructor(readonly origins: string[]) {}

  /** Pages on `origins` may read the files and send comments. */
  static async start(origins: string[]): Promise<Static> {
    const files = new Static(origins);
    files.#server = createServer((request, response) => void files.#answer(request, response));
    files.#server.listen(0, "127.0.0.1");
    await once(files.#server, "listening");
    return files;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async post(post: Post = {}): Promise<Thread> {
    const key = newName();
    const comments = (post.comments ?? []).map(complete).map(entry);
    this.#files.set(key, { comments, total: comments.length, accepts: post.accepts ?? "open" });
    return { key, origin: this.url, ids: Object.fromEntries(comments.map(({ id }) => [id, id])) };
  }

  async stored(thread: Thread): Promise<Stored[]> {
    const published = this.#files.get(thread.key)?.comments ?? [];
    return [
      ...published.map((comment) => ({
        id: comment.id,
        parent: comment.parent,
        name: comment.author.name,
        content: comment.content_html,
        held: false,
      })),
      ...this.sent(thread).map(read),
    ];
  }

  /** What readers sent, as it came. */
  sent(thread: Thread): Submission[] {
    return this.#sent.get(thread.key) ?? [];
  }

  async add(thread: Thread, seeds: Seed[]) {
    const added = seeds.map(complete).map(entry);
    this.#change(thread, (comments) => [...comments, ...added]);
    return Object.fromEntries(added.map(({ id }) => [id, id]));
  }

  async edit(thread: Thread, id: string, text: string) {
    const edited = (comment: FileComment) => (comment.id === id ? { ...comment, content_html: text } : comment);
    this.#change(thread, (comments) => comments.map(edited));
  }

  async remove(thread: Thread, id: string) {
    this.#change(thread, (comments) => comments.filter((comment) => comment.id !== id));
  }

  #change({ key }: Thread, change: (comments: FileComment[]) => FileComment[]) {
    const { comments, accepts } = this.#files.get(key)!;
    const changed = change(comments);
    this.#files.set(key, { comments: changed, total: changed.length, accepts });
  }

  attributes(thread: Thread, origin = thread.origin) {
    return {
      backend: "static",
      endpoint: `${origin}/comments/{thread}.json`,
      thread: thread.key,
      submit: `${origin}/submit/${thread.key}`,
    };
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url ?? "/", "http://static");
    const [, folder, name] = pathname.split("/");
    const origin = request.headers.origin ?? "";
    if (this.origins.includes(origin)) response.setHeader("access-control-allow-origin", origin);
    response.setHeader("vary", "origin");
    const file = folder === "comments" ? this.#files.get(name.replace(/\.json$/, "")) : undefined;
    if (request.method === "OPTIONS") {
      // What services for forms allow.
      response.setHeader("access-control-allow-headers", "content-type");
      response.writeHead(204).end();
    } else if (request.method === "GET" && file) {
      const text = JSON.stringify(file);
      const etag = `"${createHash("sha256").update(text).digest("hex")}"`;
      response.setHeader("etag", etag);
      if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
      else response.writeHead(200, { "content-type": "application/json" }).end(text);
    } else if (request.method === "POST" && folder === "submit" && this.#files.has(name)) {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const submission = { type: request.headers["content-type"] ?? "", body: Buffer.concat(parts).toString() };
      this.#sent.set(name, [...(this.#sent.get(name) ?? []), submission]);
      response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
    } else {
      response.writeHead(404, { "content-type": "text/html" }).end("<!doctype html><p>Not found");
    }
  }
}

type FileComment = {
  id: string;
  parent: string | null;
  author: { name: string; url: string | null };
  content_html: string;
  published: string;
};

function entry(seed: ReturnType<typeof complete>): FileComment {
  return {
    id: seed.id,
    parent: seed.parent ?? null,
    author: { name: seed.name, url: seed.url ?? null },
    content_html: seed.content,
    published: seed.published,
  };
}

/** A submission as its receiver reads it. */
function read({ type, body }: Submission, at: number): Stored {
  const fields = type.startsWith("application/json") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  return {
    id: `sent-${at}`,
    parent: fields.parent || null,
    name: fields.name ?? fields.author?.name,
    content: fields.content,
    held: true,
  };
}
