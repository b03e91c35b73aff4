// What the documentation tells a new user to do, taken from it as it stands there.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "./fixtures";
import { DIST } from "./pages";

/** A page of `docs/`, and what a new user takes from it. */
export class Guide {
  private constructor(
    readonly name: string,
    readonly text: string,
  ) {}

  static async read(name: string): Promise<Guide> {
    const file = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
    return new Guide(name, await readFile(file, "utf8"));
  }

  /** The one block of code in `language` that has `words` in it, without the indentation of its list. */
  snippet(language: string, words: string): string {
    const blocks = [...this.text.matchAll(/^( *)```(\w+)\n(.*?)^ *```$/gms)]
      .filter(([, , told]) => told === language)
      .map(([, indent, , code]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
      .filter((code) => code.includes(words));
    expect(blocks, `snippets of ${this.name} in ${language} with ${words}`).toHaveLength(1);
    return blocks[0];
  }

  /** A place that the guide names, so that a test puts things where a reader would. */
  names(place: string): string {
    expect(this.text, this.name).toContain(`\`${place}\``);
    return place;
  }
}

/** Replaces an example, which has to be there. */
export function replace(snippet: string, example: string, real: string): string {
  expect(snippet).toContain(example);
  return snippet.replaceAll(example, real);
}

/** Copies the client as a blogger does. */
export async function copyClient(to: string) {
  // A build that is under way has a folder of its own there.
  const isBuilding = (path: string) => path.split(sep).some((part) => part === ".stage");
  await cp(DIST, to, { recursive: true, filter: (path) => !isBuilding(path.slice(DIST.length)) });
}

export async function write(folder: string, files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A page of a blog, or a template of one, around `main`. */
export function htmlPage(main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A post</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>A post</h1>
<main>
${main}
</main>
</body>
</html>
`;
}

/** Eleventy's program, for Node. */
export const ELEVENTY = fileURLToPath(new URL("node_modules/@11ty/eleventy/cmd.cjs", import.meta.url));
