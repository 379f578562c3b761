// On a phone: one pane with tabs, and parts that fold. On a desk both are always open.
const panes = document.querySelector("[data-panes]");
const tabs = [...document.querySelectorAll("[data-tab]")];
const phone = matchMedia("(max-width: 767px)");

function open(name, focus = false) {
  panes.dataset.pane = name;
  for (const tab of tabs) {
    const chosen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
  }
}

function setUpTabs() {
  const bar = document.querySelector("[data-tabs]");
  bar.setAttribute("role", "tablist");
  for (const tab of tabs) {
    const pane = document.getElementById(tab.dataset.tab);
    tab.setAttribute("role", "tab");
    tab.hidden = pane === null;
    if (pane) tab.setAttribute("aria-controls", pane.id);
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      open(tab.dataset.tab);
    });
  }
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const shown = tabs.filter((tab) => !tab.hidden);
    const at = shown.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    open(shown[(at + by + shown.length) % shown.length].dataset.tab, true);
    event.preventDefault();
  });
  open("will-happen");
}

function fold() {
  for (const part of document.querySelectorAll("details[data-fold]")) {
    part.open = !phone.matches;
    part.querySelector("summary").tabIndex = phone.matches ? 0 : -1;
  }
}

for (const part of document.querySelectorAll("details[data-fold] > summary")) {
  part.addEventListener("click", (event) => phone.matches || event.preventDefault());
}
if (panes && tabs.length) setUpTabs();
phone.addEventListener("change", fold);
fold();
