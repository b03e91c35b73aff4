// Comments on their way through everything that networks, servers and browsers do: none is lost,
// and none is there twice. `cargo xtask soak` runs more of it.
import type { Backend } from "../backends/backend";
import { need, test } from "../embed";
import { plan, SEEDED } from "./plan";
import { Run } from "./run";

const first = Number(process.env.SOAK_SEED ?? 1);
const count = Number(process.env.SOAK_COUNT ?? 200);

for (let seed = first; seed < first + count; seed++) {
  const planned = plan(seed);
  const { place, comments, tabs, steps } = planned;
  const words = [`${comments.length} comments`, `${tabs} tabs`, `${steps.length} steps`].join(", ");

  test(`soak ${seed}: ${place.backend}, ${place.accepts}, ${words}`, async ({
    context,
    backends,
    host,
    proxyFor,
    complaints,
  }) => {
    test.setTimeout(90_000);
    // What the browser says of its own when a request fails. What the client says is not among it.
    complaints.allow(/^console: Failed to load resource/, /^console: Access to fetch at .* blocked by CORS policy/);
    const backend = need<Backend>(backends[place.backend]);
    const seeds = Array.from({ length: SEEDED }, (_, at) => ({ id: `s${at}` }));
    const thread = await backend.post({ accepts: place.accepts, comments: seeds });
    const proxy = await proxyFor(thread.origin);
    const address = await host.page(backend.attributes(thread, proxy.origin));
    const run = new Run(planned, { context, backend, thread, proxy, address });
    const story = () =>
      `\nTo see it again: cargo xtask soak --seed ${seed} --count 1\n${place.backend}, ${place.accepts}:\n${run.log.join("\n")}`;
    const result = await run.run().catch((error) => {
      throw new Error(`seed ${seed}: ${error}${story()}`, { cause: error });
    });
    const { log: _, faults, ...figures } = result;
    test.info().annotations.push({ type: "soak", description: JSON.stringify(figures) });
    const { lost, doubled } = figures;
    const wrong = [...lost.map((marker) => `${marker} is lost`), ...doubled.map((marker) => `${marker} is doubled`), ...faults];
    if (wrong.length > 0) throw new Error(`seed ${seed}: ${wrong.join("; ")}${story()}`);
  });
}
