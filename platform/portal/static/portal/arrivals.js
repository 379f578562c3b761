// New proposals are told by a bar; nothing moves under the reader until they press it. What waits no more is dimmed.
const LOOK_EVERY_MS = 15000;

const part = () => document.querySelector("[data-arrivals]");
const ids = (list) => [...list.querySelectorAll("[data-list] [data-id]")].map((row) => row.dataset.id);

function tell(list, now) {
  const shown = new Set(ids(list));
  // A page further on does not begin with what expires soonest: only the first one can tell what is new.
  const fresh = list.dataset.arrivalsFrom ? [] : now.waiting.filter((id) => !shown.has(id));
  const bar = list.querySelector("[data-arrivals-bar]");
  bar.hidden = fresh.length === 0;
  list.querySelector("[data-arrivals-text]").textContent = fresh.length ? `${fresh.length} new` : "";
  if (now.count > now.waiting.length || list.dataset.arrivalsFrom) return;
  for (const row of list.querySelectorAll("[data-list] [data-id]")) {
    row.classList.toggle("is-gone", !now.waiting.includes(row.dataset.id));
  }
}

async function look() {
  const list = part();
  if (document.visibilityState !== "visible" || !list) return;
  try {
    const answer = await fetch(list.dataset.arrivals, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) tell(list, await answer.json());
  } catch {
    // Offline: the next look tells.
  }
}

async function bringIn() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-arrivals]");
  if (!fresh) return;
  const old = new Set(ids(part()));
  part().replaceWith(document.adoptNode(fresh));
  const first = [...part().querySelectorAll("[data-list] [data-id]")].find((row) => !old.has(row.dataset.id));
  first?.focus();
}

addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-arrivals-bar]")) bringIn();
});
setInterval(look, LOOK_EVERY_MS);
addEventListener("visibilitychange", look);
