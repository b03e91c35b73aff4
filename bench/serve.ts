// Stands before a server, so that all of them are served alike: compressed by Brotli, and from
// memory, because what is measured is the browser's side.
import { once } from "node:events";
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

/** A page or file beside those of the server. */
export type File = { type: string; text: string };

type Answer = { status: number; headers: string[]; body: Buffer };

/** What is compressed once and then delivered for long. */
const STATIC = /javascript|wasm|css|svg/;
const COMPRESSIBLE = /^text|javascript|json|wasm|xml/;
const STATIC_QUALITY = 11;
const DYNAMIC_QUALITY = 5;
const HOP = /^(connection|keep-alive|transfer-encoding|content-length|content-encoding|vary)$/i;

export class Front {
  readonly files = new Map<string, File>();
  readonly #answers = new Map<string, Answer>();
  /** After something was sent, what the server says next is not what it said before. */
  #isChanged = false;

  private constructor(
    readonly target: URL,
    readonly origin: string,
    readonly server: Server,
  ) {}

  static async start(target: string): Promise<Front> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const front = new Front(new URL(target), `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on("request", (incoming, outgoing) => {
      front.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
    return front;
  }

  /** Answers as before anything was sent. */
  begin() {
    this.#isChanged = false;
  }

  async stop() {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    if (incoming.headers.accept === "text/event-stream") return this.#handOn(incoming, outgoing);
    const method = incoming.method ?? "GET";
    if (method !== "GET") this.#isChanged = true;
    const answer = method === "GET" && !this.#isChanged ? await this.#kept(incoming) : await this.#fetch(incoming);
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  }

  /** Hands on events as they come, from now on: what earlier visits have sent is not in this one. */
  async #handOn(incoming: IncomingMessage, outgoing: ServerResponse) {
    const address = new URL(incoming.url ?? "/", this.target);
    address.searchParams.delete("after");
    const request = send(address, { headers: { accept: incoming.headers.accept }, agent: false });
    outgoing.on("close", () => request.destroy());
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders.filter((_, at, raw) => !HOP.test(raw[at - (at % 2)])));
    outgoing.flushHeaders();
    await pipeline(response, outgoing);
  }

  async #kept(incoming: IncomingMessage): Promise<Answer> {
    const path = incoming.url ?? "/";
    const kept = this.#answers.get(path);
    if (kept) return kept;
    const answer = await this.#fetch(incoming);
    if (answer.status === 200) this.#answers.set(path, answer);
    return answer;
  }

  async #fetch(incoming: IncomingMessage): Promise<Answer> {
    const file = this.files.get(new URL(incoming.url ?? "/", this.origin).pathname);
    if (file) return compress({ status: 200, headers: ["Content-Type", file.type], body: Buffer.from(file.text) });
    const request = send(new URL(incoming.url ?? "/", this.target), {
      method: incoming.method,
      headers: { ...incoming.headers, "accept-encoding": "identity", connection: "close", "if-none-match": [] },
      agent: false,
    });
    request.end(await all(incoming));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const body = await all(response);
    const headers = response.rawHeaders.filter((_, at, raw) => !HOP.test(raw[at - (at % 2)]));
    return compress({ status: response.statusCode ?? 502, headers, body });
  }
}

async function compress(answer: Answer): Promise<Answer> {
  const type = answer.headers[answer.headers.findIndex((name) => /^content-type$/i.test(name)) + 1] ?? "";
  if (answer.body.length === 0 || !COMPRESSIBLE.test(type)) {
    return { ...answer, headers: [...answer.headers, "Content-Length", `${answer.body.length}`] };
  }
  const quality = STATIC.test(type) ? STATIC_QUALITY : DYNAMIC_QUALITY;
  const body = await promisify(brotliCompress)(answer.body, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
  return { ...answer, body, headers: [...answer.headers, "Content-Encoding", "br", "Content-Length", `${body.length}`] };
}

async function all(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}
