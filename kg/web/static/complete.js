// Completion in a field: a list below it of what the text may mean. No module, since pages read as files have none.
"use strict";

// `find(text)` gives, or promises, objects with a `label`; `take(one)` is told which was chosen.
globalThis.complete = (() => {
  const WAIT = 120; // milliseconds of quiet before anything is looked for
  let count = 0;

  return (field, find, take) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${count++}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Terms");
    list.hidden = true;
    document.body.append(list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);

    let shown = [];
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

    function taken(place) {
      close();
      take(shown[place]);
    }

    function show(found) {
      shown = found;
      list.replaceChildren(
        ...found.map((one, place) => {
          const item = document.createElement("li");
          item.id = `${list.id}-${place}`;
          item.setAttribute("role", "option");
          item.textContent = one.label;
          item.addEventListener("mousedown", (event) => {
            event.preventDefault();
            taken(place);
          });
          return item;
        }),
      );
      if (!found.length) return close();
      const box = field.getBoundingClientRect();
      const width = Math.max(box.width, 240);
      list.style.left = `${Math.max(0, Math.min(box.left, innerWidth - width)) + scrollX}px`;
      list.style.top = `${box.bottom + scrollY + 4}px`;
      list.style.width = `${width}px`;
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      chosen = -1;
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      const text = field.value.trim();
      if (text.length < 2) return close();
      timer = setTimeout(async () => {
        const found = await find(text);
        if (field.value.trim() === text && document.activeElement === field) show(found);
      }, WAIT);
    });
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown") choose(chosen === last ? 0 : chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen <= 0 ? last : chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0) taken(chosen);
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", close);
  };
})();
