// What notices that a payload has had an effect, in whatever frame, on whatever way.
import type { BrowserContext, Frame, Page, Request } from "@playwright/test";

/** What went off: the name of a trapped function, or what the browser itself did. */
export type Alarm = { what: string; frame: Frame | null };

export class Trap {
  readonly alarms: Alarm[] = [];
  /** Requests that are neither for the page's own server nor for something inside the browser. */
  readonly foreign: Request[] = [];
  readonly own: Request[] = [];
  readonly #isForeign: (url: URL) => boolean;

  private constructor(isForeign: (url: URL) => boolean) {
    this.#isForeign = isForeign;
  }

  /** Every page of `context` that is opened from now on is in the trap, and reaches `origins` alone. */
  static async set(context: BrowserContext, origins: string[]): Promise<Trap> {
    const trap = new Trap((url) => url.protocol.startsWith("http") && !origins.includes(url.origin));
    await context.exposeBinding("soundAlarm", ({ frame }, what: string) => trap.#sound(what, frame));
    await context.addInitScript(wires);
    context.on("page", (page) => trap.#watch(page));
    await context.route(trap.#isForeign, (route) => route.abort());
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (origins.includes(url.origin)) trap.own.push(request);
      else if (trap.#isForeign(url)) trap.foreign.push(request);
    });
    return trap;
  }

  /** The foreign requests that would have left the browser, had the trap not stopped them. */
  sent(): Request[] {
    return this.foreign.filter((request) => request.failure()?.errorText !== "csp");
  }

  /** Lets nothing out of `page` either by the routes that the test has given it so far. */
  async close(page: Page) {
    await page.route(this.#isForeign, (route) => route.abort());
  }

  #sound(what: string, frame: Frame | null) {
    this.alarms.push({ what, frame });
  }

  #watch(page: Page) {
    page.on("dialog", async (dialog) => {
      this.#sound(`dialog ${dialog.type()}`, null);
      await dialog.dismiss().catch(() => {});
    });
    page.on("popup", async (popup) => {
      this.#sound(`popup ${popup.url()}`, null);
      await popup.close().catch(() => {});
    });
    page.on("download", (download) => this.#sound(`download ${download.url()}`, null));
    // The first address of a frame is what the test asked for; one inside the same document is the
    // client's own.
    const addresses = new Map<Frame, string>();
    page.on("framenavigated", (frame) => {
      const address = frame.url();
      const before = addresses.get(frame);
      addresses.set(frame, address);
      const isSameDocument = before?.split("?")[0] === address.split("#")[0]!.split("?")[0];
      if (before !== undefined && before !== "about:blank" && !isSameDocument) {
        this.#sound(`navigation to ${address}`, frame);
      }
    });
    page.on("frameattached", (frame) => this.#sound("frame", frame));
  }
}

/** In every frame, before anything else: what payloads call is replaced by what tells of it. */
function wires() {
  const world = window as unknown as Record<string, unknown> & { soundAlarm(what: string): Promise<void> };
  const tell = (what: string) => void world.soundAlarm(what);
  for (const name of ["alert", "confirm", "prompt", "print", "open", "pwned", "xss", "ran", "MsgBox"]) {
    world[name] = () => tell(name);
  }
  const evaluate = window.eval;
  world.eval = (code: unknown) => {
    // The test runner's own way into the page.
    if (!new Error().stack?.includes("UtilityScript")) tell("eval");
    return evaluate(code as string);
  };
  for (const name of ["setTimeout", "setInterval"] as const) {
    const original = window[name].bind(window) as (handler: TimerHandler, ...rest: unknown[]) => number;
    world[name] = (handler: TimerHandler, ...rest: unknown[]) => {
      if (typeof handler !== "function") tell(`${name} of text`);
      return original(handler, ...rest);
    };
  }
  for (const name of ["write", "writeln"] as const) {
    const original = Document.prototype[name];
    Document.prototype[name] = function (...text: string[]) {
      tell(`document.${name}`);
      return original.apply(this, text);
    };
  }
  // Those that are made by `poke` below submit nothing.
  addEventListener("submit", (event) => event.isTrusted && tell("submit"), true);
}

/**
 * Does to every element in `roots` what a reader could do, and more: whatever listens, is called.
 * A link to the web is left unfollowed.
 */
export function poke(roots: Element[]) {
  const events = (
    "abort animationcancel animationend animationiteration animationstart auxclick beforecopy beforecut beforeinput " +
    "beforematch beforepaste beforetoggle begin blur bounce cancel canplay change close contextmenu copy cut dblclick drag " +
    "dragend dragenter dragleave dragover dragstart drop end error finish focus focusin focusout formdata " +
    "fullscreenchange input invalid keydown keypress keyup load loadeddata loadstart mousedown mouseenter " +
    "mouseleave mousemove mouseout mouseover mouseup mousewheel paste pause play pointerdown pointerenter pointerleave " +
    "pointermove pointerout pointerover pointerup propertychange repeat reset resize scroll scrollend search select " +
    "selectionchange selectstart show start submit suspend toggle touchend touchmove touchstart " +
    "transitioncancel transitionend transitionrun transitionstart volumechange webkitanimationend " +
    "webkitanimationiteration webkitanimationstart webkittransitionend wheel"
  ).split(" ");
  const stay = (event: Event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (link && /^(https?|mailto):$/.test(link.protocol)) event.preventDefault();
  };
  for (const root of roots) {
    root.addEventListener("click", stay);
    for (const element of [root, ...root.querySelectorAll("*")]) {
      // Not bubbling: only what the payload itself has brought is to hear of it.
      for (const name of events) element.dispatchEvent(new Event(name));
      // The client's own, which shows an image where a reader asks for it.
      if (element.matches("button[data-image]")) continue;
      element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
    root.removeEventListener("click", stay);
  }
}
