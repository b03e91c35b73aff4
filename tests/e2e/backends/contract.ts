// The project's own endpoint.
import { Endpoint } from "../fixtures";
import { type Backend, complete, json, newName, type Post, type Seed, type Stored, type Thread } from "./backend";

export class Contract implements Backend {
  private constructor(readonly endpoint: Endpoint) {}

  /** Pages on `origins` may read and write comments. */
  static async start(origins: string[]): Promise<Contract> {
    return new Contract(await Endpoint.start("--cors-origin", origins.join(",")));
  }

  async post(post: Post = {}): Promise<Thread> {
    const seeds = (post.comments ?? []).map(complete);
    // Ids are unique among all posts of the endpoint.
    const prefix = newName();
    const ids = Object.fromEntries(seeds.map(({ id }) => [id, `${prefix}-${id}`]));
    const comments = seeds.map((seed) => ({ ...seed, id: ids[seed.id], parent: seed.parent && ids[seed.parent] }));
    const key = await this.endpoint.post({ accepts: post.accepts, comments });
    return { key, origin: this.endpoint.url, ids };
  }

  async stored(thread: Thread): Promise<Stored[]> {
    const page = await json(fetch(`${thread.origin}/api/posts/${thread.key}/comments?limit=1000`));
    const published: Stored[] = page.comments.map((comment: Record<string, never>) => ({
      id: comment.id,
      parent: comment.parent,
      name: comment.author["name"],
      content: comment.content_html,
      held: false,
    }));
    const list = await this.endpoint.run("comments", "list", "--held", "--thread", thread.key);
    const held = list.split("\n").filter(Boolean).map((line): Stored => {
      const [id, , , , name, content] = line.split("\t");
      return { id, name, content, held: true };
    });
    return [...published, ...held];
  }

  async add(thread: Thread, seeds: Seed[]) {
    const ids: Record<string, string> = {};
    for (const { id, parent, name, content } of seeds.map(complete)) {
      const response = fetch(`${thread.origin}/api/posts/${thread.key}/comments`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": `${newName()}-${id}` },
        body: JSON.stringify({ parent: parent ? (ids[parent] ?? parent) : null, author: { name, email: "seed@mail.example" }, content }),
      });
      ids[id] = (await json(response)).id;
    }
    return ids;
  }

  async edit(_: Thread, id: string, text: string) {
    await this.endpoint.run("comments", "edit", id, "--text", text);
  }

  async remove(_: Thread, id: string) {
    await this.endpoint.run("comments", "delete", id);
  }

  attributes(thread: Thread, origin = thread.origin) {
    return { backend: "causerie", endpoint: `${origin}/api`, thread: thread.key };
  }

  async publish(_: Thread, id: string) {
    await this.endpoint.run("comments", "approve", id);
  }

  async stop() {
    await this.endpoint.stop();
  }
}
