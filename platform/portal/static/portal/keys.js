// Single keys, as the buttons show them. Off while typing, with a modifier held, and where the person switched them off.
const SWITCH = "countersign.keys";
// A decision opens the next page: a key that was pressed for the last one must not decide the next.
const FRESH_AFTER_MS = 400;

// `g`, then one of these, goes to a page of the side bar.
const GO = { t: "/", i: "/inbox/", r: "/runs/", w: "/workflows/", l: "/ledger/" };
const GO_WITHIN_MS = 1500;

let loaded = 0;
let went = -Infinity;
// Also when the browser shows a page again that it had kept.
addEventListener("pageshow", () => {
  loaded = performance.now();
});
addEventListener("load", () => {
  if (document.querySelector("[autofocus]")) return;
  const row = rowOfAddress();
  if (row) row.focus();
  else if (!location.hash) document.querySelector("[data-heading]")?.focus({ preventScroll: true });
});

const dialog = document.getElementById("keys");
const toggle = document.querySelector("[data-keys-switch]");
const enabled = () => localStorage.getItem(SWITCH) !== "off";

if (toggle) {
  toggle.checked = enabled();
  toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
}
for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.addEventListener("click", () => dialog.showModal());
}

const TYPED_IN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const typing = (target) => target instanceof Element && target.closest(TYPED_IN) !== null;

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row]")].filter((row) => row.checkVisibility());
}

// The row with which a list goes on: the first or the last of a page, or the one that was left by opening it. Where that
// one is gone, the page begins with what follows it.
function rowOfAddress() {
  const all = rows();
  const wanted = location.hash.slice(1);
  if (!wanted || document.querySelector("[data-approval]")) return undefined;
  if (wanted === "last") return all.at(-1);
  return all.find((row) => row.dataset.id === wanted) ?? (document.getElementById(wanted) ? undefined : all[0]);
}

// In the inbox the focus moves, and from page to page; on a proposal the neighbour opens.
function move(by) {
  const all = rows();
  const list = all.length ? all : [...document.querySelectorAll("[data-list] [data-row]")];
  if (!list.length) return;
  const current = list.findIndex((row) => row.getAttribute("aria-current") === "true");
  if (document.querySelector("[data-approval]")) {
    const neighbour = document.querySelector(by > 0 ? ".top-phone [rel=next]" : ".top-phone [rel=prev]");
    const next = list[current + by] ?? neighbour ?? (current < 0 ? list[0] : undefined);
    if (next && next !== list[current]) location.assign(next.href);
    return;
  }
  const here = document.activeElement.closest("[data-row]") ?? document.activeElement.closest("li")?.querySelector("[data-row]");
  const focused = list.indexOf(here);
  const next = list[focused < 0 ? 0 : focused + by];
  if (next) return next.focus();
  const page = document.querySelector(by > 0 ? ".paging [rel=next]" : ".paging [rel=prev]");
  if (page) location.assign(`${page.href}#${by > 0 ? "first" : "last"}`);
}

function press(key) {
  const control = [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => one.checkVisibility());
  if (!control) return false;
  if (control.getAttribute("aria-disabled") === "true") return false;
  control.click();
  return true;
}

// The row that has the focus, or its own tick.
function tick() {
  const box = document.activeElement?.closest("li")?.querySelector("[data-tick]");
  if (box) box.checked = !box.checked;
  return Boolean(box);
}

function go(key) {
  const link = [...document.querySelectorAll("nav a")].find((one) => one.pathname === GO[key]);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function back() {
  const link = document.querySelector("[data-back]");
  if (link) location.assign(link.href);
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (document.querySelector("dialog[open], :popover-open")) return;
    if (typing(event.target)) {
      if (event.target.matches("[data-filter]")) event.target.blur();
      return;
    }
    back();
    return;
  }
  if (typing(event.target) || !enabled() || document.querySelector("dialog[open], :popover-open")) return;
  const key = event.key.toLowerCase();
  if (performance.now() - went < GO_WITHIN_MS && key in GO) {
    went = -Infinity;
    if (!go(key)) return;
  } else if (key === "g") {
    went = performance.now();
  } else if (key === "/") {
    const filter = document.querySelector("[data-filter]");
    if (!filter) return;
    filter.focus();
    filter.select();
  } else if (key === "?") {
    dialog?.showModal();
  } else if (key === "j" || key === "k") {
    move(key === "j" ? 1 : -1);
  } else if (key === "a") {
    if (event.repeat || !loaded || performance.now() - loaded < FRESH_AFTER_MS) return;
    if (!press("a")) return;
  } else if (key === "x") {
    if (event.repeat || !tick()) return;
  } else if (["c", "e", "f", "q", "r", "t", "z"].includes(key)) {
    if (event.repeat || !press(key)) return;
    if (key === "r") document.getElementById("reject-comment")?.focus();
    if (key === "q") document.getElementById("ask-colleague")?.focus();
  } else {
    return;
  }
  event.preventDefault();
});

// A form is sent once: its button stays, turns, and is pressed by nobody again.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("data-busy", "");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
});
