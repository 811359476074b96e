"""How cells are given."""

from collections.abc import Iterator

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Sentence


def given_by(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """given_by: a route named where a cell is given."""
    routes = s.in_tokens(0, len(s.tokens), ("route",))
    if not routes:
        return
    agents = r.all_agents(s, 0, len(s.tokens))
    agents = [a for a in agents if a[0] in r.therapeutic]
    if not agents:
        for v in s.parse.verbs:
            agents = [a for a in r.agents(s, c, v.subject) if a[0] in r.therapeutic]
            if agents:
                break
    if not agents:
        agents = [a for p in s.parse.phrases for a in r.referent(s, c, p) if a[0] in r.therapeutic]
    if not agents:
        return
    if compares_routes(r, s, routes):
        return
    for i in routes:
        route = r.pick(s.mentions[i], "route")
        for a in unique(agents)[:2]:
            yield Candidate(a, "given_by", route, s.spans[i][0], s.enclosing(s.spans[i][0]), "route", 0.75,
                            hedged=False)  # fmt: skip


def compares_routes(r: Rules, s: Sentence, routes: list[int]) -> bool:
    return len(routes) > 1 and s.has("Than", s.spans[routes[0]][1], s.spans[routes[-1]][0]) is not None
