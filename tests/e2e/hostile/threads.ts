// Payloads as a conversation and as a blog, in the words of each back end.
import { type Entry, inHtml } from "./corpus";

export type Backend = "causerie" | "static" | "wordpress" | "isso";

/** A comment as the back ends are made to give it. */
export type Said = { id: string; parent?: string; name: string; url: string; html: string };

/** What a back end answers to a GET. */
export type Answer = { json: unknown; headers?: Record<string, string> };

/** The cursor of the second page, which is as little to be trusted as all the rest. */
export const CURSOR = `"><script>pwned()</script>&cursor=/../../`;

/**
 * One comment for each payload, which stands in its name, its address, its text and, where the back
 * end's ids are text, in its id. Every third answers the one before.
 */
export function said(backend: Backend, entries: Entry[]): Said[] {
  const hasNumbers = backend === "wordpress" || backend === "isso";
  const id = (at: number) => (hasNumbers ? String(at + 1) : entries[at]!.payload);
  return entries.map((entry, at) => ({
    id: id(at),
    parent: at % 3 === 2 ? id(at - 1) : undefined,
    name: entry.payload,
    url: entry.payload,
    html: inHtml(entry),
  }));
}

/** What the back end at `base` answers to a GET of `url`, where `said` is all there is in any thread. */
export function answer(backend: Backend, url: URL, said: Said[]): Answer {
  return { causerie, static: file, wordpress, isso }[backend](url, said);
}

function causerie(url: URL, said: Said[]): Answer {
  const comments = said.map(contractComment);
  const half = Math.ceil(comments.length / 2);
  const isRest = url.searchParams.has("cursor");
  return {
    json: {
      thread: "x",
      total: comments.length,
      accepts: "open",
      comments: isRest ? comments.slice(half) : comments.slice(0, half),
      next: isRest || comments.length < 2 ? null : CURSOR,
    },
  };
}

function file(_: URL, said: Said[]): Answer {
  return { json: { total: said.length, accepts: "open", comments: said.map(contractComment), next: null } };
}

function contractComment({ id, parent, name, url, html }: Said, at: number) {
  return {
    id,
    parent: parent ?? null,
    author: { name, url, post_author: false },
    content_html: html,
    published: moment(at).toISOString(),
    updated: null,
    status: "published",
  };
}

function wordpress(url: URL, said: Said[]): Answer {
  if (!/\/comments$/.test(url.searchParams.get("rest_route") ?? url.pathname)) {
    const post = { id: 1, slug: "x", comment_status: "open" };
    return { json: url.searchParams.has("slug") ? [post] : post };
  }
  const size = Number(url.searchParams.get("per_page") ?? 10);
  const page = Number(url.searchParams.get("page") ?? 1);
  const comments = said.map(({ id, parent, name, url, html }, at) => ({
    id: Number(id),
    post: 1,
    parent: Number(parent ?? 0),
    author: 0,
    author_name: encoded(name),
    author_url: url,
    date: moment(at).toISOString().slice(0, 19),
    date_gmt: moment(at).toISOString().slice(0, 19),
    content: { rendered: html },
    link: url,
    status: "approved",
    type: "comment",
    author_avatar_urls: { "24": url, "48": url, "96": url },
    meta: [],
  }));
  return {
    json: comments.slice((page - 1) * size, page * size),
    headers: { "x-wp-total": String(said.length), "x-wp-totalpages": String(Math.ceil(said.length / size)) },
  };
}

function isso(url: URL, said: Said[]): Answer {
  const comment = ({ id, parent, name, url, html }: Said, at: number) => ({
    id: Number(id),
    parent: parent ? Number(parent) : null,
    text: html,
    author: encoded(name),
    website: encoded(url),
    mode: 1,
    created: moment(at).getTime() / 1_000,
    modified: null,
    likes: 0,
    dislikes: 0,
    hash: name,
    gravatar_image: url,
  });
  const all = said.map(comment);
  const answers = (id: number | null) => all.filter(({ parent }) => parent === id);
  const of = url.searchParams.get("parent");
  const offset = Number(url.searchParams.get("offset") ?? 0);
  const limit = Number(url.searchParams.get("limit") ?? all.length);
  const roots = answers(of ? Number(of) : null);
  const shown = roots.slice(offset, offset + limit);
  return {
    json: {
      id: of ? Number(of) : null,
      total_replies: all.length,
      hidden_replies: roots.length - offset - shown.length,
      replies: shown.map((root) => {
        const replies = of ? [] : answers(root.id);
        return { ...root, total_replies: replies.length, hidden_replies: 0, replies };
      }),
      config: {},
    },
  };
}

/** WordPress and Isso store a name and an address of a guest with what HTML could mistake escaped. */
function encoded(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function moment(at: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + at * 60_000);
}

/**
 * A blog with one post for each payload, which stands in its id, title, summary, body, tags,
 * address, language, picture and author.
 */
export function feed(entries: Entry[], title: string) {
  return {
    version: "https://jsonfeed.org/version/1.1",
    title,
    description: title,
    language: "en",
    items: entries.map((entry, at) => ({
      id: entry.payload,
      url: entry.payload,
      title: entry.payload,
      summary: entry.payload,
      image: entry.payload,
      language: entry.payload,
      date_published: moment(at).toISOString(),
      tags: [entry.payload, "tag"],
      authors: [{ name: entry.payload, url: entry.payload }],
      content_html: inHtml(entry),
      _causerie: { thread: entry.payload, accepts: entry.payload, comment_count: 0 },
    })),
  };
}

/** A post of WordPress with `title`, `html` and `words`, which stand wherever it takes a text or an address. */
export function wordpressPost(title: string, html: string, words: string[]) {
  return {
    id: 1,
    slug: "x",
    link: words[0],
    date_gmt: "2026-01-01T00:00:00",
    title: { rendered: encoded(title) },
    content: { rendered: html },
    excerpt: { rendered: encoded(title) },
    comment_status: "open",
    _embedded: {
      author: words.map((word) => ({ name: encoded(word), link: word, avatar_urls: { "96": word } })),
      "wp:featuredmedia": [{ source_url: words[0] }],
      "wp:term": [words.map((word) => ({ taxonomy: "post_tag", name: encoded(word), link: word }))],
    },
  };
}
