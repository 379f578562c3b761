// The number beside Inbox stays true while a page is open, and stands in the title of the tab.
const LOOK_EVERY_MS = 30000;
const title = document.title;

function tell(count) {
  for (const badge of document.querySelectorAll("[data-waiting]")) {
    badge.hidden = count === 0;
    badge.querySelector("[data-waiting-number]").textContent = String(count);
  }
  document.title = count ? `(${count}) ${title}` : title;
}

async function look() {
  const badge = document.querySelector("[data-waiting]");
  if (document.visibilityState !== "visible" || !badge) return;
  try {
    const answer = await fetch(badge.dataset.waiting, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) tell((await answer.json()).count);
  } catch {
    // Offline: the next look tells.
  }
}

setInterval(look, LOOK_EVERY_MS);
addEventListener("visibilitychange", look);
