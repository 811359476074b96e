// The evidence map without reloading the page: folds, filters, arrow keys, and the picture as PNG.

import { offer } from "./picture.js";

const section = document.getElementById("map");
const filters = document.getElementById("filters");
const said = document.getElementById("said");

// The server draws the map; what it sends takes the place of what is shown.
async function load(address, focus, push = true) {
  section.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { accept: "text/html" } });
    if (!response.ok) return location.assign(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const scroll = section.querySelector(".map-scroll");
    const [top, left] = scroll ? [scroll.scrollTop, scroll.scrollLeft] : [0, 0];
    section.replaceChildren(...page.getElementById("map").childNodes);
    section.querySelector(".map-scroll")?.scrollTo(left, top);
    if (push) history.pushState({}, "", address);
    prepare();
    if (focus) section.querySelector(`[data-fold="${CSS.escape(focus)}"]`)?.focus();
    said.textContent = section.querySelector(".corner")?.textContent.trim() ?? "No claims";
  } catch {
    location.assign(address);
  } finally {
    section.removeAttribute("aria-busy");
  }
}

function neighbour(link, key) {
  const cell = link.closest("td, th");
  const row = cell.parentElement;
  const rows = [...section.querySelectorAll(".map tbody tr")];
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
  let [y, x] = [rows.indexOf(row), cell.cellIndex];
  for (;;) {
    y += step[0];
    x += step[1];
    const next = rows[y]?.cells[x];
    if (!next) return null;
    const target = next.querySelector("a:not(.fold)");
    if (target) return target;
  }
}

section.addEventListener("keydown", (event) => {
  const link = event.target.closest(".map tbody a");
  if (!link || !event.key.startsWith("Arrow")) return;
  const next = neighbour(link, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

section.addEventListener("click", (event) => {
  const fold = event.target.closest("a.fold");
  if (!fold || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  load(fold.href, fold.dataset.fold);
});

filters?.addEventListener("change", () => {
  const address = new URL(filters.action);
  address.search = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
  if (filters.checkValidity()) load(address.href);
});

addEventListener("popstate", () => location.reload());

function prepare() {
  for (const link of section.querySelectorAll("td a[data-said]")) link.title = link.getAttribute("aria-label");
  offer(section);
}

prepare();
