// Ctrl K, or ⌘ K, leads into the search box of the top bar; where it is not shown, to the search page.
const apple = /Mac|iPhone|iPad/.test(navigator.platform);

if (apple) {
  for (const key of document.querySelectorAll(".search-jump .key")) key.textContent = "⌘ K";
}

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey) return;
  if (!(apple ? event.metaKey : event.ctrlKey)) return;
  const box = [...document.querySelectorAll("[data-search]")].find((each) => each.checkVisibility());
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
