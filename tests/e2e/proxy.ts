// Stands before a server and does to the requests what networks and gateways do.
import { once } from "node:events";
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** What happens to a request. */
export type Fault =
  /** It waits before it goes on to the server. */
  | { kind: "delay"; ms: number }
  /** The connection is closed; the server never hears of it. */
  | { kind: "drop-request" }
  /** The server has it; the connection is closed in place of an answer. */
  | { kind: "drop-answer" }
  /** The server gets it twice; the second answer is delivered. */
  | { kind: "duplicate" }
  /** The connection is closed after so many bytes of the answer's body. */
  | { kind: "cut"; bytes: number }
  /** Something else answers. The server has the request only if `after` says so. */
  | { kind: "answer"; status: number; headers?: Record<string, string>; body: string; after?: boolean }
  /** The server's answer without these headers, such as those of CORS. */
  | { kind: "strip"; headers: RegExp };

/** A fault, and the requests that have it: all of them, unless the rule says otherwise. */
export type Rule = Fault & {
  method?: string;
  /** Against the path with its query. */
  path?: RegExp;
  /** For how many requests it is left. */
  times?: number;
};

/** A request as it came in. */
export type Seen = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };

type Answer = { status: number; headers: string[]; body: Buffer };

export class Proxy {
  /** All that apply to a request happen to it, in this order. */
  rules: Rule[] = [];
  readonly seen: Seen[] = [];
  /** How many requests have come in and are not done with, whether or not somebody waits for them. */
  underWay = 0;
  #server?: Server;
  /** Any free one at first, and that one from then on. */
  #port = 0;

  private constructor(readonly target: URL) {}

  /** Starts a proxy for the server at this address, on an origin of its own. */
  static async start(target: string): Promise<Proxy> {
    const proxy = new Proxy(new URL(target));
    await proxy.start();
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Takes connections again after `stop`. */
  async start() {
    const server = createServer((incoming, outgoing) => {
      this.underWay++;
      this.#serve(incoming, outgoing)
        .catch((error) => {
          // Who asks may be gone before all is said.
          if (incoming.complete) console.error(`the proxy for ${this.target}: ${error}`);
          outgoing.destroy();
        })
        .finally(() => this.underWay--);
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on, and cuts those that there are. */
  async stop() {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Makes every request wait. */
  delay(ms: number) {
    this.rules.push({ kind: "delay", ms });
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    const body = await all(incoming);
    const method = incoming.method ?? "GET";
    const path = incoming.url ?? "/";
    this.seen.push({ method, path, headers: incoming.headers, body: body.toString() });
    const forward = () => this.#forward(method, path, incoming.rawHeaders, body);
    const isStream = incoming.headers.accept === "text/event-stream";
    const rules = this.#take(method, path, isStream);
    if (rules.length === 0 && isStream) {
      return this.#stream(path, incoming, outgoing);
    }
    let forwarded: Answer | undefined;
    // However many rules there are, one request reaches the server once.
    const reach = async () => (forwarded ??= await forward());
    let answer: Answer | undefined;
    let cutAt: number | undefined;
    for (const rule of rules) {
      switch (rule.kind) {
        case "delay":
          await wait(rule.ms);
          break;
        case "drop-request":
          outgoing.destroy();
          return;
        case "drop-answer":
          await reach();
          outgoing.destroy();
          return;
        case "duplicate":
          await forward();
          break;
        case "cut":
          cutAt = rule.bytes;
          break;
        case "answer":
          if (rule.after) await reach();
          answer = { status: rule.status, headers: headersOf(rule, incoming), body: Buffer.from(rule.body) };
          break;
        case "strip":
          answer ??= await reach();
          answer.headers = without(answer.headers, rule.headers);
          break;
      }
    }
    answer ??= await reach();
    // A browser repeats a request by itself if a connection that it has used before ends without an
    // answer. Here none is used twice, so that a fault is seen by the client.
    outgoing.shouldKeepAlive = false;
    outgoing.writeHead(answer.status, answer.headers);
    if (cutAt === undefined) {
      outgoing.end(answer.body);
    } else {
      // Sent in full before the connection is closed, so that the reader has a part of the body.
      outgoing.write(answer.body.subarray(0, cutAt), () => outgoing.destroy());
    }
  }

  /** Passes on what has no end, as it comes. */
  async #stream(path: string, incoming: IncomingMessage, outgoing: ServerResponse) {
    const { hostname: host, port } = this.target;
    const request = send({ host, port, path, headers: incoming.rawHeaders as never, agent: false });
    // Whoever is cut off is gone for the server too.
    outgoing.once("close", () => request.destroy());
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    outgoing.writeHead(response.statusCode ?? 502, without(response.rawHeaders, /^(connection|transfer-encoding)$/i));
    outgoing.flushHeaders();
    response.on("error", () => outgoing.destroy());
    response.pipe(outgoing);
  }

  /** The rules for a request, counted down. What has no end is left alone by rules that do not name it. */
  #take(method: string, path: string, isStream: boolean): Rule[] {
    const applies = (rule: Rule) =>
      (rule.method === undefined || rule.method === method) &&
      (rule.path?.test(path) ?? !isStream) &&
      rule.times !== 0;
    const taken = this.rules.filter(applies);
    for (const rule of taken) {
      if (rule.times !== undefined) rule.times--;
    }
    return taken;
  }

  /** Asks the server. The headers go through as they are: `Origin` and `Host` mean the proxy. */
  async #forward(method: string, path: string, rawHeaders: string[], body: Buffer): Promise<Answer> {
    const request = send({
      host: this.target.hostname,
      port: this.target.port,
      method,
      path,
      // One connection for each request, so that none waits for the next.
      headers: [...without(rawHeaders, /^connection$/i), "Connection", "close"] as never,
      agent: false,
    });
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const answered = await all(response);
    // The body is here at once, whatever way it came.
    const headers = without(response.rawHeaders, /^(connection|transfer-encoding|content-length)$/i);
    const length = method === "HEAD" || response.statusCode === 304 ? [] : ["Content-Length", `${answered.length}`];
    return { status: response.statusCode ?? 502, headers: [...headers, ...length], body: answered };
  }
}

/** The headers of an answer that is not the server's. The page's origin may read it. */
function headersOf(rule: { headers?: Record<string, string>; body: string }, incoming: IncomingMessage): string[] {
  const headers = {
    "Access-Control-Allow-Origin": incoming.headers.origin ?? "*",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Retry-After",
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": `${Buffer.byteLength(rule.body)}`,
    ...rule.headers,
  };
  return Object.entries(headers).flat();
}

/** Names and values in turn, without those whose name matches. */
function without(headers: string[], name: RegExp): string[] {
  return headers.filter((_, at) => !name.test(headers[at - (at % 2)]));
}

async function all(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}
