// What the pages can do beyond being read: light or dark, a menu that folds on small screens, sorting, searching. Without it they lose nothing else.
"use strict";

const KEY = "techcoop-appearance";

function remembered() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function remember(appearance) {
  try { localStorage.setItem(KEY, appearance); } catch { /* a browser that keeps nothing */ }
}

// Before the page is drawn, so that it does not change its colours under the reader's eyes.
if (remembered()) document.documentElement.dataset.appearance = remembered();

function isDark() {
  const chosen = document.documentElement.dataset.appearance;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function offerAppearance() {
  const button = document.querySelector(".appearance");
  if (!button) return;
  const say = () => { button.textContent = isDark() ? "Light" : "Dark"; button.setAttribute("aria-label", `Show in ${isDark() ? "light" : "dark"} colours`); };
  button.hidden = false;
  button.addEventListener("click", () => {
    document.documentElement.dataset.appearance = isDark() ? "light" : "dark";
    remember(document.documentElement.dataset.appearance);
    say();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", say);
  say();
}

function foldMenu() {
  const menu = document.querySelector("details.menu");
  const narrow = matchMedia("(max-width: 56rem)");
  const fold = () => { menu.open = !narrow.matches; };
  if (!menu) return;
  narrow.addEventListener("change", fold);
  fold();
}

// Figures are sorted as figures, whatever stands around them; empty cells come last.
function keyOf(cell) {
  const text = cell.dataset.sort ?? cell.textContent.trim();
  const figure = Number(text.replace(/[,\s%]/g, "").replace("−", "-"));
  return text === "" ? null : Number.isNaN(figure) ? text.toLowerCase() : figure;
}

function compare(one, other) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (typeof one === typeof other) return one < other ? -1 : one > other ? 1 : 0;
  return typeof one === "number" ? -1 : 1;
}

function makeSortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row.cells[index]), row]);
      rows.sort(([one], [other]) => (one === null || other === null ? compare(one, other) : up ? compare(one, other) : compare(other, one)));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}

// `<input type="search" data-filters="ID">` shows of the element ID only those entries (`[data-entry]`, or the rows of its table) that hold every
// word typed.
function makeSearchable(field) {
  const place = document.getElementById(field.dataset.filters);
  const marked = place.querySelectorAll("[data-entry]");
  const entries = [...(marked.length ? marked : place.querySelectorAll("tbody > tr"))];
  const said = document.getElementById(`${field.dataset.filters}-found`);
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  field.addEventListener("input", () => {
    const sought = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    entries.forEach((entry, index) => {
      entry.hidden = !sought.every((word) => texts[index].includes(word));
      found += !entry.hidden;
    });
    if (said) said.textContent = sought.length ? `${found} of ${entries.length}` : "";
  });
}

// A folded part that somebody links to unfolds.
function unfoldTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  if (target) target.scrollIntoView();
}

document.addEventListener("DOMContentLoaded", () => {
  offerAppearance();
  foldMenu();
  document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
  document.querySelectorAll("input[data-filters]").forEach(makeSearchable);
  unfoldTarget();
});
addEventListener("hashchange", unfoldTarget);
