// What became of the comments that were sent.
import type { Comment } from "./plan";

/** A text in the page that is not a comment of the server, and what its reader can do next. */
export type Shown = { text: string; steps: string[] };

export type Account = {
  submitted: number;
  /** On the server once. */
  stored: number;
  /** Not on the server, but in the page, with a next step. */
  pending: number;
  /** The markers of those that are nowhere. */
  lost: string[];
  /** The markers of those that the server has more than once. */
  doubled: string[];
};

export function account(submitted: Pick<Comment, "marker">[], stored: { content: string }[], shown: Shown[]): Account {
  const account: Account = { submitted: submitted.length, stored: 0, pending: 0, lost: [], doubled: [] };
  for (const { marker } of submitted) {
    const copies = stored.filter(({ content }) => content.includes(marker)).length;
    if (copies > 1) account.doubled.push(marker);
    else if (copies === 1) account.stored++;
    else if (shown.some(({ text, steps }) => text.includes(marker) && steps.length > 0)) account.pending++;
    else account.lost.push(marker);
  }
  return account;
}
