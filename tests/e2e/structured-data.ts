// Checks structured data without a network: schema.org's vocabulary by the types of `schema-dts`, and
// what Google asks for beyond it by the tables of its documentation.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export type Item = { "@type": string; [member: string]: unknown };

const HERE = fileURLToPath(new URL("./", import.meta.url));

/** What in `block` schema.org does not know: types, members, and values of the wrong type. */
export async function unknownToSchemaOrg(block: object): Promise<string[]> {
  // Inside, so that the compiler finds the packages.
  const folder = await mkdtemp(join(HERE, "node_modules", ".structured-data-"));
  const text = `import type { BlogPosting, WithContext } from "schema-dts";
export const block: WithContext<BlogPosting> = ${JSON.stringify(block, null, 1)};
`;
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, module: "esnext", moduleResolution: "bundler", types: [] };
  await writeFile(join(folder, "block.ts"), text);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["block.ts"] }));
  const compiler = join(HERE, "node_modules", "typescript", "bin", "tsc");
  try {
    await promisify(execFile)(process.execPath, [compiler, "--project", folder], { maxBuffer: 1 << 26 });
    return [];
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    const lines = stdout.split("\n").filter((line) => line.includes("error TS"));
    // A compiler that does not run must not pass for one that is content.
    return lines.length > 0 ? lines.map((line) => line.replace(/^.*error /, "")) : [String(error)];
  }
}

/**
 * What Google's pages name, as of 2026: "Article" for the posting, whose members are all recommended, and
 * "Discussion forum" for comments.
 * https://developers.google.com/search/docs/appearance/structured-data/article
 * https://developers.google.com/search/docs/appearance/structured-data/discussion-forum
 */
const GOOGLE: Record<string, { required: string[]; recommended: string[] }> = {
  BlogPosting: {
    required: [],
    recommended: ["author", "author.name", "author.url", "dateModified", "datePublished", "headline", "image"],
  },
  Comment: {
    // Of text, image and video one is enough; a comment here always has text.
    required: ["author", "author.name", "datePublished", "text"],
    recommended: ["author.url", "url"],
  },
};

export type Verdict = { errors: string[]; warnings: string[] };

/** What Google would refuse, and what it would like to have besides. */
export function judgedByGoogle(block: Item): Verdict {
  const verdict: Verdict = { errors: [], warnings: [] };
  judge(block, "", verdict);
  if (block["@context"] !== "https://schema.org") verdict.errors.push(`@context: ${block["@context"]}`);
  const comments = (block.comment ?? []) as Item[];
  for (const [at, comment] of comments.entries()) judge(comment, `comment[${at}]: `, verdict);
  if (!Number.isInteger(block.commentCount) || (block.commentCount as number) < comments.length) {
    verdict.errors.push(`commentCount: ${block.commentCount}`);
  }
  return verdict;
}

const ABSOLUTE = /^https?:\/\/[^\s]+$/;
/** ISO 8601 with its zone, without which Google takes its own. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function judge(item: Item, place: string, { errors, warnings }: Verdict) {
  const rules = GOOGLE[item["@type"]];
  if (!rules) {
    errors.push(`${place}@type: ${item["@type"]}`);
    return;
  }
  for (const path of rules.required) if (!has(item, path)) errors.push(`${place}${path} is missing`);
  for (const path of rules.recommended) if (!has(item, path)) warnings.push(`${place}${path} is missing`);
  for (const [name, value] of Object.entries(item)) {
    if (name.startsWith("date") && !MOMENT.test(String(value))) errors.push(`${place}${name}: ${value}`);
    if ((name === "url" || name === "image") && !ABSOLUTE.test(String(value))) errors.push(`${place}${name}: ${value}`);
  }
  for (const author of [item.author ?? []].flat() as Item[]) {
    if (!["Person", "Organization"].includes(author["@type"])) errors.push(`${place}author.@type: ${author["@type"]}`);
    if (author.url !== undefined && !ABSOLUTE.test(String(author.url))) errors.push(`${place}author.url: ${author.url}`);
  }
}

/** Whether each item at `path` is there and says something. */
function has(item: Item, path: string): boolean {
  const [name, ...rest] = path.split(".");
  const values = [item[name] ?? []].flat();
  if (values.length === 0) return false;
  if (rest.length === 0) return values.every((value) => String(value).trim() !== "");
  return values.every((value) => has(value as Item, rest.join(".")));
}
