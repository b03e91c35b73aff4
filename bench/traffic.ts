// What goes over the network, as the browser counts it.
import type { CDPSession } from "../tests/e2e/node_modules/@playwright/test/index.mjs";

export type Traffic = { requests: number; bytes: number };

/** Counts from now on, headers included. */
export async function count(session: CDPSession): Promise<Traffic> {
  const traffic = { requests: 0, bytes: 0 };
  session.on("Network.requestWillBeSent", ({ request }) => {
    if (request.url.startsWith("http")) traffic.requests++;
  });
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (traffic.bytes += encodedDataLength));
  await session.send("Network.enable");
  return traffic;
}
