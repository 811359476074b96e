// The table of findings without a server: claims are filtered, counted and weighed as the address and the form say.
"use strict";
{
  const STEP = 100; // rows that are shown at once
  const WEAKEST = 99; // the rank of what counts as no evidence
  const FIELDS = ["id", "subject", "predicate", "object", "disease", "article", "polarity", "certainty", "basis",
    "evidence", "weight", "confidence", "people"];
  const ENDS = ["subject", "object", "disease"];
  const NUMBERS = ["for", "against", "belief"]; // largest first
  const { terms, articles, evidence, relations, claims: given } = globalThis.stemkg_findings;
  const claims = given.map((row) => Object.fromEntries(FIELDS.map((name, place) => [name, row[place]])));
  const top = new URL(".", location);
  const form = document.getElementById("filters");
  const body = document.querySelector("#table tbody");
  const more = document.getElementById("more");

  // The terms that the address asks for: a CURIE by the name of the end, or by "term" for any end.
  let asked = {};
  let order = "belief";
  let shown = STEP;
  let rows = [];

  const label = (place) => (place < 0 ? "" : terms[place][1]);
  const rank = (name) => evidence[name]?.[0] ?? WEAKEST;

  // The places of a term and of all that is below it.
  function below(curie) {
    const at = terms.findIndex(([id]) => id === curie);
    return new Set(terms.flatMap(([, , , above], place) => (place === at || above.includes(at) ? [place] : [])));
  }

  function passing() {
    const values = Object.fromEntries(new FormData(form));
    const words = (values.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const within = Object.entries(asked).filter(([name]) => name !== "article").map(([name, id]) => [name, below(id)]);
    const says = (claim) => [label(claim.subject), relations[claim.predicate], label(claim.object), label(claim.disease)]
      .join(" ").toLowerCase();
    return claims.filter((claim) => {
      const year = articles[claim.article][2];
      return within.every(([name, some]) => (name === "term" ? ENDS.some((end) => some.has(claim[end])) : some.has(claim[name])))
        && (!asked.article || articles[claim.article][0] === asked.article)
        && ["predicate", "certainty", "basis", "polarity"].every((name) => !values[name] || claim[name] === values[name])
        && (!values.evidence || rank(claim.evidence) <= rank(values.evidence))
        && (!values.people || claim.people)
        && (!values.since || year >= Number(values.since))
        && (!values.until || (year && year <= Number(values.until)))
        && (!values.confidence || claim.confidence >= Number(values.confidence))
        && (!words.length || words.every((word) => says(claim).includes(word)));
    });
  }

  // What the claims of one subject, relation, object and disease come to. Articles on the same work count once, with the
  // heaviest of their claims; belief is 1 less the product of what each leaves open.
  function finding(some) {
    const study = (claim) => articles[claim.article][3];
    const sides = { positive: new Map(), negative: new Map() };
    for (const claim of some) {
      const side = sides[claim.polarity];
      if (claim.certainty !== "studied") side.set(study(claim), Math.max(side.get(study(claim)) ?? 0, claim.weight));
    }
    const told = some.filter((claim) => claim.certainty !== "studied");
    const best = told.filter((claim) => claim.polarity === (sides.positive.size ? "positive" : "negative"));
    const open = [...sides.positive.values()].reduce((product, weight) => product * (1 - weight), 1);
    return {
      ...some[0], claims: some, for: sides.positive.size, against: sides.negative.size,
      rank: Math.min(WEAKEST, ...best.map((claim) => rank(claim.evidence))), belief: 1 - open,
    };
  }

  function found() {
    const groups = new Map();
    for (const claim of passing()) {
      const key = `${claim.subject} ${claim.predicate} ${claim.object} ${claim.disease}`;
      if (groups.has(key)) groups.get(key).push(claim);
      else groups.set(key, [claim]);
    }
    const word = (one, name) => (name === "predicate" ? relations[one.predicate] : label(one[name]));
    const by = {
      rank: (a, b) => a.rank - b.rank,
      ...Object.fromEntries(NUMBERS.map((name) => [name, (a, b) => b[name] - a[name]])),
      ...Object.fromEntries([...ENDS, "predicate"].map((name) => [name, (a, b) => word(a, name).localeCompare(word(b, name))])),
    };
    const ties = ["belief", "rank", "for", "subject", "predicate", "object", "disease"];
    return [...groups.values()].map(finding)
      .sort((a, b) => [order, ...ties].map((name) => by[name](a, b)).find(Boolean) ?? 0);
  }

  function element(name, text = "", attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function term(place) {
    if (place < 0) return "";
    const [id, name, file] = terms[place];
    return element("a", name, { href: new URL(file || `findings.html?term=${id}`, top) });
  }

  function strongest(one) {
    if (one.rank === WEAKEST) return "only studied";
    return Object.values(evidence).find(([place]) => place === one.rank)[1];
  }

  function says(claim) {
    if (claim.certainty === "studied") return "studied";
    if (claim.polarity === "negative") return "against";
    return claim.certainty === "hedged" ? "hedged" : "for";
  }

  function sentences(one) {
    const details = element("details");
    details.append(element("summary", one.claims.length === 1 ? "1 sentence" : `${one.claims.length} sentences`));
    const list = element("ul");
    for (const article of new Set(one.claims.map((claim) => claim.article))) {
      const [file, title, year] = articles[article];
      const item = element("li", `${title}${year ? `, ${year}` : ""}: `);
      for (const [place, claim] of one.claims.filter((claim) => claim.article === article).entries()) {
        if (place) item.append(", ");
        const name = `${says(claim)}, sentence ${place + 1} of ${title}`;
        item.append(element("a", says(claim), { href: new URL(`${file}#claim-${claim.id}`, top), "aria-label": name }));
      }
      list.append(item);
    }
    details.append(list);
    return details;
  }

  function row(one) {
    const made = element("tr");
    const cells = [
      ["Subject", term(one.subject)], ["Relation", relations[one.predicate]], ["Object", term(one.object)],
      ["In", one.disease === one.object || one.disease === one.subject ? "" : term(one.disease)],
      ["Evidence", strongest(one)], ["For", String(one.for)], ["Against", String(one.against)],
      ["Belief", one.belief ? String(Number(one.belief.toFixed(4))) : ""], ["Sentences", sentences(one)],
    ];
    for (const [heading, content] of cells) {
      const cell = element("td", "", { "data-label": heading, ...(content === "" && { class: "nothing" }) });
      cell.append(content);
      made.append(cell);
    }
    return made;
  }

  function show() {
    rows = found();
    shown = STEP;
    body.replaceChildren(...rows.slice(0, shown).map(row));
    more.hidden = rows.length <= shown;
    document.getElementById("table").hidden = !rows.length;
    const total = rows.reduce((sum, one) => sum + one.claims.length, 0);
    document.getElementById("count").textContent = rows.length
      ? `${rows.length.toLocaleString("en")} findings of ${total.toLocaleString("en")} claims`
      : "No finding is like that.";
    for (const button of document.querySelectorAll("[data-sort]")) {
      const way = NUMBERS.includes(button.dataset.sort) ? "descending" : "ascending";
      button.closest("th").setAttribute("aria-sort", button.dataset.sort === order ? way : "none");
    }
    chips();
    address();
  }

  // The terms that are asked for, each with a button that lets go of it.
  function chips() {
    const place = document.getElementById("terms");
    place.hidden = !Object.keys(asked).length;
    place.replaceChildren(...Object.entries(asked).map(([name, id]) => {
      const called = name === "article" ? articles.find(([file]) => file === id)?.[1] : terms.find(([one]) => one === id)?.[1];
      const chip = element("span", name === "term" ? "" : `${name} `, { class: "tag" });
      chip.append(element("strong", called ?? id), " ");
      const button = element("button", "×", { type: "button", class: "link", "aria-label": `Not only ${called ?? id}` });
      button.addEventListener("click", () => {
        delete asked[name];
        show();
        form.elements.q.focus();
      });
      chip.append(button);
      return chip;
    }));
  }

  // The address says what is shown, so that it can be kept and sent on.
  function address() {
    const said = new URLSearchParams([...Object.entries(asked), ...new FormData(form)].filter(([, value]) => value));
    const here = new URL(location);
    here.search = said;
    try {
      history.replaceState({}, "", here);
    } catch {
      // A browser may not let a page change its address; the table is right all the same.
    }
  }

  function begin() {
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (["term", ...ENDS].includes(name)) asked[name] = value;
      else if (name === "article") asked.article = articles.find(([file]) => file === value)?.[0] ?? value;
      else if (form.elements[name]?.type === "checkbox") form.elements[name].checked = true;
      else if (form.elements[name]) form.elements[name].value = value;
    }
    form.hidden = false;
    const further = form.querySelector("details");
    further.open = [...further.querySelectorAll("input, select")].some((one) => (one.type === "checkbox" ? one.checked : one.value));
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const control of form.elements) {
      control.addEventListener(control.localName === "select" ? "change" : "input", () => form.checkValidity() && show());
    }
    for (const button of document.querySelectorAll("[data-sort]")) {
      button.addEventListener("click", () => {
        order = button.dataset.sort;
        show();
      });
    }
    more.addEventListener("click", () => {
      body.append(...rows.slice(shown, shown + STEP).map(row));
      shown += STEP;
      more.hidden = rows.length <= shown;
    });
    const known = new Map(terms.map(([id, name]) => [name, id]));
    complete(form.elements.q, (text) => stemkg_find(text, (_, kind) => kind !== "article"), (one) => {
      form.elements.q.value = "";
      asked.term = known.get(one.label);
      show();
    });
    show();
  }

  begin();
}
