// What looks on from inside the page. It is put there as text, so nothing outside of it is known to it.

/** What the page is to show. */
export type Expected = {
  /** Selects the rows of comments. */
  row: string;
  /** Selects those of them that are only on their way. */
  underWay?: string;
  count: number;
  /** The id of the element that the newest comment has. */
  last: string;
  /** Selects what is in the page until the client has taken over what it shows. */
  untilTakenOver?: string;
};

export type Probe = {
  /** Milliseconds from the start of the navigation until a row was painted. */
  first?: number;
  /** The same for all rows. */
  all?: number;
  /** The same for what the client has drawn in the place of a snapshot. */
  takenOver?: number;
  /** The lengths of the tasks of more than 50 ms. */
  longTasks: number[];
  shift: number;
  /** Milliseconds from pressing Send until the row was painted, and until it was the server's. */
  shown?: number;
  arrived?: number;
  wasmBytes(): number;
  /** Tells what is going to be sent. */
  expect(text: string): void;
};

export function probe({ row, underWay, count, last, untilTakenOver }: Expected) {
  const found: Probe = { longTasks: [], shift: 0, wasmBytes, expect };
  Object.assign(window, { probed: () => found });

  const isThere = () => (document.querySelector(row)?.getBoundingClientRect().height ?? 0) > 0;
  // The client draws out of sight while a snapshot is shown.
  const seen = `${row}:not([hidden] *)`;
  const areAllThere = () => document.getElementById(last)?.matches(seen) && document.querySelectorAll(seen).length >= count;
  const isTakenOver = () => document.readyState === "complete" && !document.querySelector(untilTakenOver!);
  when(isThere, (time) => (found.first = time));
  when(areAllThere, (time) => (found.all = time));
  if (untilTakenOver) when(isTakenOver, (time) => (found.takenOver = time));

  function when(holds: () => boolean | undefined, then: (time: number) => void) {
    const look = () => (holds() ? afterFrame(then) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  }

  /** To be called within a frame: its painting comes before the next message. */
  function afterFrame(then: (time: number) => void) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(undefined);
  }

  const observe = (type: string, see: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
  observe("longtask", (entry) => found.longTasks.push(entry.duration));
  observe("layout-shift", (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) found.shift += value;
  });

  // The memory of a module is not in JavaScript's heap.
  const memories: WebAssembly.Memory[] = [];
  for (const name of ["instantiate", "instantiateStreaming"] as const) {
    const original = WebAssembly[name] as (...given: unknown[]) => Promise<unknown>;
    const watched = async (...given: unknown[]) => {
      const made = (await original(...given)) as WebAssembly.Instance & { instance?: WebAssembly.Instance };
      const { exports } = made.instance ?? made;
      memories.push(...Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
      return made;
    };
    Object.assign(WebAssembly, { [name]: watched });
  }

  function wasmBytes() {
    return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  }

  // What is sent may come back with another document: the time of pressing outlives this one.
  const KEPT = "causerie-bench";
  const now = () => performance.timeOrigin + performance.now();
  const kept = sessionStorage.getItem(KEPT);
  if (kept) lookFor(JSON.parse(kept));

  function expect(text: string) {
    const press = (event: Event) => {
      const sent = { text, pressed: performance.timeOrigin + event.timeStamp };
      sessionStorage.setItem(KEPT, JSON.stringify(sent));
      lookFor(sent);
    };
    addEventListener("click", press, { capture: true, once: true });
  }

  function lookFor({ text, pressed }: { text: string; pressed: number }) {
    const observer = new MutationObserver((records) => {
      for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (!node.textContent?.includes(text)) continue;
        const element = node instanceof Element ? node : node.parentElement;
        const shown = element?.closest(row) ?? element?.querySelector(row);
        if (shown) see(shown);
      }
    });
    const see = (shown: Element) => {
      const isArrived = !underWay || !shown.matches(underWay);
      requestAnimationFrame(() =>
        afterFrame(() => {
          found.shown ??= now() - pressed;
          if (isArrived) found.arrived ??= now() - pressed;
        }),
      );
      if (isArrived) observer.disconnect();
    };
    observer.observe(document, { childList: true, subtree: true });
  }
}
