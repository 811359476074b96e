// The search of pages that have no server: in the names of what has claims, read when they are first asked for.
"use strict";
{
  const SHOWN = 12;
  const top = new URL("..", document.currentScript.src);
  let names;

  function read() {
    names ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL("names.js", top);
      script.addEventListener("load", () => done(globalThis.stemkg_names));
      script.addEventListener("error", failed);
      document.head.append(script);
    });
    return names;
  }

  // How well a text fits a name: 0 is that name, 1 its beginning, 2 the beginning of a word in it, 3 within a word.
  function fit(text, name) {
    const folded = name.toLowerCase();
    const at = folded.indexOf(text);
    if (at < 0) return Infinity;
    if (!at) return folded.length === text.length ? 0 : 1;
    return /[\p{L}\p{N}]/u.test(folded[at - 1]) ? 3 : 2;
  }

  // What a text finds, or its singular; the best first; of equally good ones, what most claims speak of, as in the list.
  globalThis.stemkg_find = async (text, wanted = () => true) => {
    const folded = text.toLowerCase().split(/\s+/).join(" ").trim();
    const forms = [...new Set([folded, folded.replace(/s$/, "")])];
    const best = (name) => Math.min(...forms.map((form, place) => fit(form, name) + place / 4));
    const found = [];
    for (const [label, target, kind, claims, others] of await read()) {
      const rank = Math.min(best(label), ...others.map((name) => best(name) + 0.5));
      if (rank < Infinity && wanted(target, kind)) found.push({ rank, label, target, kind, claims });
    }
    return found.sort((one, other) => one.rank - other.rank).slice(0, SHOWN);
  };

  const form = document.querySelector("form.search");
  const field = document.getElementById("search");
  form.hidden = false;
  field.addEventListener("focus", read);
  complete(field, stemkg_find, (one) => location.assign(new URL(one.target, top)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = field.value.trim();
    if (words) location.assign(new URL(`findings.html?q=${encodeURIComponent(words)}`, top));
  });
}
