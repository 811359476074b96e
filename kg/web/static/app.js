// What every page has: completion of terms in fields that ask for one.

import { offer } from "./picture.js";

const WAIT = 120; // milliseconds of quiet before the server is asked

export async function terms(text, kinds = "") {
  const address = new URL("/terms.json", location);
  address.search = new URLSearchParams({ q: text, kind: kinds });
  const response = await fetch(address);
  return response.ok ? response.json() : [];
}

function complete(field, number) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${number}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Terms");
  list.hidden = true;
  document.body.append(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);

  let chosen = -1;
  let timer = 0;

  function close() {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    chosen = index;
    for (const [place, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(place === index));
      if (place === index) {
        item.scrollIntoView({ block: "nearest" });
        field.setAttribute("aria-activedescendant", item.id);
      }
    }
  }

  function take(item) {
    close();
    if (field.type === "search") location.assign(`/term/${item.dataset.id}`);
    else field.value = item.textContent;
  }

  function show(found) {
    list.replaceChildren(
      ...found.map((term, place) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${place}`;
        item.setAttribute("role", "option");
        item.dataset.id = term.id;
        item.textContent = term.label;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(item);
        });
        return item;
      }),
    );
    if (!found.length) return close();
    const box = field.getBoundingClientRect();
    list.style.left = `${box.left + scrollX}px`;
    list.style.top = `${box.bottom + scrollY + 4}px`;
    list.style.width = `${Math.max(box.width, 240)}px`;
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    chosen = -1;
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    const text = field.value.trim();
    if (text.length < 2) return close();
    timer = setTimeout(async () => {
      const found = await terms(text, field.dataset.suggest);
      if (field.value.trim() === text && document.activeElement === field) show(found);
    }, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") choose(chosen === last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
}

document.querySelectorAll("[data-suggest]").forEach(complete);
if (!document.getElementById("map")) offer(document);
