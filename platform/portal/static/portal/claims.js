// A claim and its quote light up together, wherever one of them is hovered, focused or walked to.
const marked = [...document.querySelectorAll("[data-claims]")];
const numbers = (element) => element.dataset.claims.split(" ").filter(Boolean);
const phone = matchMedia("(max-width: 767px)");

// Words of the reply that rest on several sources light up all of them.
function connected(number) {
  const found = new Set([number]);
  for (const claim of document.querySelectorAll(".claim[data-claims]")) {
    if (numbers(claim).includes(number)) numbers(claim).forEach((n) => found.add(n));
  }
  return found;
}

function focus(number) {
  const lit = number ? connected(number) : new Set();
  for (const element of marked) {
    const on = element.matches("[data-claim-row]") ? element.dataset.claims === number : numbers(element).some((n) => lit.has(n));
    element.classList.toggle("is-focused", on);
  }
}

function show(number) {
  const quote = document.getElementById(`quote-${number}`);
  quote?.parentElement.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function unfold(wanted) {
  for (const box of document.querySelectorAll(".inline-quote")) {
    box.classList.toggle("is-shown", wanted.includes(box.dataset.quoteFor) && !box.classList.contains("is-shown"));
  }
}

for (const element of marked) {
  const first = numbers(element)[0];
  element.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && focus(first));
  element.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && focus(null));
  element.addEventListener("focus", () => focus(first));
  element.addEventListener("click", (event) => {
    if (!first) return;
    event.preventDefault();
    event.stopPropagation();
    focus(first);
    if (phone.matches) unfold(numbers(element));
    else show(first);
  });
}

addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog, [popover]")) return;
  const rows = [...document.querySelectorAll("[data-claim-row]")].filter((row) => row.checkVisibility());
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  show(next.dataset.claims);
  event.preventDefault();
});
