// Counters that run down, pages that follow what is still moving, and messages that leave after a while.
const COARSE_FROM_S = 600;
const LOOK_AGAIN_MS = 2000;
const TOAST_MS = 10000;

const counters = [...document.querySelectorAll("[data-until]")].map((element) => ({
  element,
  until: Date.parse(element.dataset.until),
}));

function words(seconds) {
  if (seconds >= COARSE_FROM_S) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  let running = false;
  for (const { element, until } of counters) {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const text = words(seconds);
    if (element.textContent !== text) element.textContent = text;
    running ||= seconds > 0;
  }
  return running;
}

if (counters.length && tick()) {
  const timer = setInterval(() => tick() || clearInterval(timer), 1000);
}

// What is marked data-follow changes by itself: ask for the page until it says something else.
const followed = document.querySelector("[data-follow]");
if (followed) {
  const due = Date.parse(followed.dataset.until ?? "") || 0;
  const look = async () => {
    if (document.visibilityState === "visible" && Date.now() >= due && !document.querySelector("dialog[open], :popover-open")) {
      try {
        const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (answer.ok && state(page) !== state(document)) {
          location.reload();
          return;
        }
      } catch {
        // Offline: the next look tells.
      }
    }
    setTimeout(look, LOOK_AGAIN_MS);
  };
  setTimeout(look, Math.max(LOOK_AGAIN_MS, due - Date.now() + 500));
}

function state(page) {
  const followedNow = [...page.querySelectorAll("[data-follow]")].map((e) => e.dataset.until ?? "").join();
  return [page.querySelector("[data-status]")?.dataset.status, followedNow, page.querySelectorAll("main li, main tr").length].join("|");
}

for (const toast of document.querySelectorAll("[data-toast]")) {
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, TOAST_MS);
}
