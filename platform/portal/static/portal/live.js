// Counters that run down, parts of a page that follow what still moves, and messages that leave after a while.
const COARSE_FROM_S = 600;
const LOOK_AGAIN_MS = 2000;
const LOOK_AT_LEAST_EVERY_MS = 30000;
const AFTER_DUE_MS = 700;
const TOAST_MS = 10000;

function words(seconds) {
  if (seconds >= COARSE_FROM_S) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const seconds = Math.max(0, Math.ceil((Date.parse(element.dataset.until) - Date.now()) / 1000));
    const text = words(seconds);
    if (element.textContent !== text) element.textContent = text;
  }
}
tick();
setInterval(tick, 1000);

// What is marked data-follow changes by itself. The page is asked for again, and only its data-live parts are
// exchanged: what a person reads or types elsewhere on it stays as it is. What stays the same is asked for less often.
let same = 0;

function wait() {
  const again = Math.min(LOOK_AGAIN_MS * 2 ** same, LOOK_AT_LEAST_EVERY_MS);
  const waits = [...document.querySelectorAll("[data-follow]")].map((element) => {
    const due = Date.parse(element.dataset.until ?? "");
    return Math.max(again, due ? due - Date.now() + AFTER_DUE_MS : 0);
  });
  return waits.length ? Math.min(...waits) : null;
}

async function look() {
  if (document.visibilityState === "visible" && !document.querySelector("dialog[open], :popover-open")) {
    try {
      const answer = await fetch(location.href);
      // Redirected: the session has ended, which the next click tells; what is typed here stays.
      if (answer.ok && !answer.redirected) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // Offline: the next look tells.
    }
  }
  schedule();
}

// A part without its counters, which differ in every look.
const said = (part) => part.textContent.replace(/\d+:\d\d\b/g, "");

function exchange(page) {
  same += 1;
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const now = page.getElementById(part.id);
    if (!now) {
      location.reload();
      return;
    }
    if (said(now) === said(part)) continue;
    part.replaceWith(document.adoptNode(now));
    same = 0;
  }
  tick();
}

function schedule() {
  const pause = wait();
  if (pause !== null) setTimeout(look, pause);
}
schedule();

for (const toast of document.querySelectorAll("[data-toast]")) {
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, LOOK_AGAIN_MS) : toast.remove());
  setTimeout(leave, TOAST_MS);
}
