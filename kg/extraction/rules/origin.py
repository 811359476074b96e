"""Where cells come from and what they become."""

from collections.abc import Iterator

from kg.extraction.context import Agent, Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Sentence


def origin(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """derived_from: "MSCs can be isolated from bone marrow", "MSCs from placenta"."""
    seen = set()
    for e in s.events:
        if e.owner != "derived_from" or e.verb is None:
            continue
        if e.kind == "inverse":
            tissues = [i for i in s.in_phrases(e.subject or (), ("tissue",))]
            cells = [i for i in s.in_phrases(e.objects, ("cell",)) if r.is_stem(s, i)]
            agents = [r.agent_of(s, i) for i in cells[:1]]
        else:
            cell_phrases = e.subject or []
            agents = [a for a in r.agents(s, c, cell_phrases, ("cell", "product")) if r.acts(a)]
            tissues = r.listed(s, e.objects, e.verb, ("tissue",))
        for a in agents:
            for i in tissues:
                tissue = r.pick(s.mentions[i], "tissue")
                seen.add((a, tissue))
                yield Candidate((unsourced(s, a), ""), "derived_from", tissue, e.head, e.verb, "origin",
                                0.85, disease="")  # fmt: skip
    for k, p in enumerate(s.parse.phrases):
        if p.prep != "from" or k == 0:
            continue
        before = s.parse.phrases[k - 1]
        if before.last + 1 != p.first:
            continue
        cells = [i for i in s.in_tokens(before.first, before.last, ("cell",)) if r.is_stem(s, i)]
        if not cells or s.spans[cells[-1]][1] != before.last:
            continue
        agent = r.agent_of(s, cells[-1])
        for i in r.listed(s, [p], None, ("tissue",)):
            tissue = r.pick(s.mentions[i], "tissue")
            if (agent, tissue) not in seen:
                yield Candidate(
                    (unsourced(s, agent), ""), "derived_from", tissue, p.first - 1, None, "origin", 0.8, disease=""
                )


def unsourced(s: Sentence, agent: Agent) -> str:
    """The cell as it is named, without the source that the sentence tells of it."""
    return s.unsourced.get(agent, agent[0])


def differentiation(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """differentiates_into: "MSCs can turn into bone, cartilage and nerve cells"."""
    for e in s.events:
        if e.owner != "differentiates_into" or (e.kind == "verb" and not e.objects):
            continue
        if s.has("Diminisher", max(0, e.head - 5), e.head):
            continue
        if e.kind in ("noun", "participle"):
            if e.kind == "participle":
                continue
            at = next((k for k, p in enumerate(s.parse.phrases) if p.first > e.head and p.prep in (
                "into", "to", "toward", "towards")), None)  # fmt: skip
            if at is None or s.parse.phrases[at].first - e.head > 6:
                continue
            objects = [s.parse.phrases[at]]
            agents = [a for a in r.event_agents(s, c, e) if r.is_therapeutic(a)]
        else:
            objects = e.objects
            agents = [a for a in r.event_agents(s, c, e) if r.is_cell(a)]
        weak = e.cue.split()[-1] in ("make", "produce", "create", "form", "generate", "become", "yield") or (
            "responsible" in e.cue
        )
        targets = []
        cells_named = "cell" in {t.lemma for p in objects for t in s.tokens[p.first : s.end_of_list(p)]}
        for i in r.listed(s, objects, e.verb, ("cell", "tissue")):
            m = s.mentions[i]
            id = r.pick(m, "cell")
            if not id:
                id = r.cell_of.get(m.id, "") if cells_named else ""
                if not id and not weak:
                    id = r.pick(m, "tissue")
            if id and id not in ("CL:0000000",):
                targets.append(id)
        for a in agents:
            for id in unique(targets):
                if id == a[0] or (weak and (id not in r.vocabulary.terms or a[0] not in r.therapeutic)):
                    continue
                if id in r.vocabulary.ancestors(a[0]):
                    continue
                yield Candidate(a, "differentiates_into", id, e.head, e.verb, "differentiation",
                                0.7 if weak else 0.85, disease="")  # fmt: skip
