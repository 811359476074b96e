// What every page has: completion of terms in fields that ask for one.

import { offer } from "./picture.js";

export async function terms(text, kinds = "") {
  const address = new URL("/terms.json", location);
  address.search = new URLSearchParams({ q: text, kind: kinds });
  const response = await fetch(address);
  return response.ok ? response.json() : [];
}

for (const field of document.querySelectorAll("[data-suggest]")) {
  complete(field, (text) => terms(text, field.dataset.suggest), (term) => {
    if (field.type === "search") location.assign(`/term/${term.id}`);
    else field.value = term.label;
  });
}
if (!document.getElementById("map")) offer(document);
