// Conversations to be measured: the same ones in every run and at every server.
import type { Seed } from "../tests/e2e/fixtures";

const DEEPEST = 6;
const BEGAN = Date.UTC(2025, 0, 1);

const WORDS = `
a about above after again all almost along also always and another answer anybody anything around as
ask at author away back bad be because been before began behind believe below best better between big
both bring browser but by call came can certain chance change city clear close code come comment could
country course day did different difference do does done door doubt down each early easy else end enough
even evening ever every example eyes fact far feel few find first five follow for found friend from full
gave get give go good great group had half hand happen hard has have he head hear heard help her here high
him his hold home hour house how however hundred idea if important in inside instead into is it its just
keep kind knew know language large last late learn leave left less let letter life light like line list
little long look lot love made make man many matter may maybe mean measure memory might mind minute moment
money month more morning most mother move much music must my name near need never new next night no not
nothing now number of off often old on once one only open or order other our out over own page paper part
people perhaps place plain point post problem question quick quiet quite rather read reader reading real
reason right road room said same saw say second see seem sentence server set several she short should show
side simple since slow small so some something sometimes soon sound space stand start state still stop
story street such sure table take talk tell ten text than that the their them then there these they thing
think this those though thought thousand three through time to today together told too took town train try
turn two under until up us use very voice wait walk want was watch water way we week well went were what
when where which while white who whole why will window with without word words work world would write
writing wrong year years yes yet you young your`.trim().split(/\s+/);

const FIRST = ["Ada", "Bo", "Clara", "Dev", "Emil", "Fatou", "Grace", "Hana", "Ivo", "June", "Kofi", "Lena", "Mo", "Noor"];
const LAST = ["Abbott", "Berger", "Castell", "Diaz", "Eriksen", "Fofana", "Garnier", "Holm", "Ito", "Jansen", "Kim"];

/** A conversation of this many comments, oldest first, up to seven levels deep. */
export function conversation(size: number): Seed[] {
  const random = numbers(size);
  const below = (limit: number) => Math.floor(random() * limit);
  const depths: number[] = [];
  return Array.from({ length: size }, (_, at) => {
    const parent = at > 0 && random() < 0.6 ? at - 1 - below(Math.min(at, 30)) : undefined;
    const isReply = parent !== undefined && depths[parent] < DEEPEST;
    depths.push(isReply ? depths[parent] + 1 : 0);
    const name = `${FIRST[below(FIRST.length)]} ${LAST[below(LAST.length)]}`;
    return {
      id: idOf(size, at),
      parent: isReply ? idOf(size, parent) : undefined,
      name,
      url: below(5) === 0 ? `https://${name.toLowerCase().replace(" ", "-")}.example/` : undefined,
      content: at === size - 1 ? lastWords(size) : text(below, at),
      published: new Date(BEGAN + at * 97_000).toISOString(),
    };
  });
}

/** Ids are unique among all posts of an endpoint. */
export function idOf(size: number, at: number): string {
  return `of${size}-${at}`;
}

/** What the last comment says, and no other. */
export function lastWords(size: number): string {
  return `With this there are ${size} comments.`;
}

type Below = (limit: number) => number;

/** One to four sentences; some hold a link or emphasis, and some a quotation above them. */
function text(below: Below, at: number): string {
  const sentences = Array.from({ length: 1 + below(4) }, () => sentence(below));
  if (below(8) === 0) sentences.push(`See [${word(below)} ${word(below)}](https://blog.example/${word(below)}/${at}).`);
  if (below(8) === 0) sentences.unshift(`*${word(below)} ${word(below)}*, \`${word(below)}\`.`);
  const quotation = below(12) === 0 ? `> ${sentence(below)}\n\n` : "";
  return `${quotation}${sentences.join(" ")}`;
}

function sentence(below: Below): string {
  const words = Array.from({ length: 5 + below(14) }, () => word(below)).join(" ");
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}

function word(below: Below): string {
  return WORDS[below(WORDS.length)];
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
