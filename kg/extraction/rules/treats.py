"""What is said to be treated with what."""

import itertools
from collections.abc import Iterator

from kg.extraction.context import Context
from kg.extraction.rules.base import Candidate, Rules, unique
from kg.extraction.sentence import Event, Glimpse, Sentence, follows_closely
from kg.extraction.syntax import Phrase, Verb

_GIVEN = ("cell", "product", "drug")


def may_tell_benefit(g: Glimpse) -> bool:
    """Whether `treats_by_verb` or `treats_by_response` may find something."""
    if not g.words.can_say("treats"):
        return False
    if g.names("disease", "phenotype") or g.words.can_have("DiseaseWord", "PatientWord"):
        return True
    return g.words.has_word("it")


def treats_by_verb(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """treats: a verb of benefit with a disease, or patients, as its object."""
    for e in s.events if "treats" in s.owners else ():
        if e.owner != "treats" or e.verb is None or e.kind not in ("verb",):
            continue
        if e.verb.relative and e.verb.negated and e.verb.passive:
            continue  # "people who have not been helped by biologics": who they are
        agents = []
        if r.is_of(e.verb, "Administering") and not e.verb.passive and _names_disease(s, e):
            # "doctors treat lupus with MSCs"
            with_ = [p for p in e.verb.objects if p.prep in ("with", "using", "such as", "including") or p.conjoined]
            agents = [a for a in r.agents(s, c, with_) if r.acts(a)]
        agents = agents or [a for a in r.event_agents(s, c, e, loose=r.carries(s, e)) if r.acts(a)]
        if not agents:
            continue
        found = []
        for i in r.listed(s, e.objects, e.verb, ("disease", "phenotype")):
            id = r.pick(s.mentions[i], "disease")
            if id and "phenotype" in s.mentions[i].kinds:
                # A symptom: what is treated is the disease that it is of, where the sentence names that too.
                of = [p for p in e.verb.objects if p.first >= s.spans[i][1] and p.prep in ("in", "of", "with", "from")]
                found.extend(r.diseases(s, of)[:1] or r.fronted_diseases(s) or [id])
            elif id:
                found.append(id)
            elif e.cue.split()[0] in ("treat", "relieve", "ease", "alleviate"):
                found.extend(r.context_disease(s, c))
        run = e.objects
        if not found and any(r.is_the_disease(s, p) for p in run):
            ahead = [d for i in s.in_tokens(0, e.head, ("disease",)) if (d := r.pick(s.mentions[i], "disease"))]
            found = ahead[-1:] or r.context_disease(s, c)
        if not found and run and _is_it(s, run[0]) and c.said.about == "disease":
            if any(a in agents for a in r.all_agents(s, 0, len(s.tokens))):
                found = c.said.diseases[:1]  # "It is treated with prednisone"
        if s.has("ChanceWord", e.first, e.last):
            continue
        patients = any(s.has("PatientWord", p.first, p.last) for p in run)
        if patients and not found:
            later = [p for p in e.verb.objects if p.last > e.last - 1 and p.prep in ("with", "of", "from", "in", "for")]
            found = r.diseases(s, later) or r.context_disease(s, c)
            if e.cue.split()[0] not in r.helping and not any(w in e.cue for w in (" for", " in", " to")):
                found = []
        if not found and e.cue.split()[-1] in ("for", "in", "against") and e.objects:
            found = r.diseases(
                s, [p for p in e.verb.objects if p.first > e.objects[0].first and p.prep in ("in", "of", "with")]
            )[:1]
        if patients and e.verb.passive and e.subject is None and r.is_of(e.verb, "Administering"):
            # "Four patients have been treated", "those treated with X" say who, not that it helped.
            continue
        for a in agents:
            for d in unique(found):
                yield Candidate(a, "treats", d, e.head, e.verb, "benefit-verb", disease=d)


def _is_it(s: Sentence, p: Phrase) -> bool:
    return p.last == p.first + 1 and s.tokens[p.first].lower == "it"


def _names_disease(s: Sentence, e: Event) -> bool:
    """Whether the object of a verb is a disease, not who has it."""
    return bool(e.objects) and any(
        s.spans[i][1] == e.objects[0].last for i in s.in_tokens(e.objects[0].first, e.objects[0].last, ("disease",))
    )


def may_tell_measure(g: Glimpse) -> bool:
    """Whether `treats_by_measure` may find something."""
    if not g.words.can_say("Improving", "Lessening"):
        return False
    return g.names("disease", "phenotype") or g.words.can_have("MeasureWord", "ComplaintWord")


def treats_by_measure(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """treats: a measure of health improves, a burden of disease lessens."""
    for e in s.events:
        if e.owner not in ("Improving", "Lessening"):
            continue
        group = "MeasureWord" if e.owner == "Improving" else "ComplaintWord"
        last = e.last
        if e.kind == "verb" and e.verb is not None and not e.agent and e.objects and e.objects[0] in e.verb.objects:
            last = max(last, min(e.verb.end, last + 12))
        if e.kind == "participle" and e.head and s.tokens[e.head - 1].tag == "HYPH":
            # "self-limited fever"
            continue
        if e.kind in ("noun", "inchoative") and s.tokens[e.head].tag == "JJ" and s.tokens[e.head].lower == e.cue:
            # "higher survival" compares, "high survival" does not.
            continue
        covered = {at for o in s.events if o.head == e.head and o.owner in r.lexicon.governing
                   for _, at in r._effects(s, o)}  # fmt: skip
        measures = [m for m in s.phrases(group, e.first, last) if not _of_cells(s, m.first)]
        # What a mechanism covers is none of a patient's measures: "promote wound healing".
        match = next((m for m in measures if not covered.intersection(range(m.first, m.last))), None)
        symptom = [
            i
            for i in s.in_tokens(e.first, last, ("phenotype",))
            if s.spans[i][0] not in covered and not _when(s, s.spans[i][0]) and not _in_it(s, e, i)
        ]
        raised = (
            e.owner == "Improving"
            and e.kind == "verb"
            and e.verb is not None
            and r.is_of(e.verb, "increases")
            and not r.is_of(e.verb, "Lessening")
        )
        ailing = _ailing(r, s, e, c.section_disease or c.disease)
        if match is None and (not symptom or raised) and not ailing and not _helped(r, s, e):
            continue
        if match is not None and match.first == e.head:
            match = s.has(group, e.head + 1, last)
            if match is None and not symptom and not _in_patients(s, e):
                continue
        changes = [o for o in s.events if o.kind == "inchoative" and o.owner in ("Improving", "Lessening")]
        if e.kind == "inchoative" and any(
            o.head < e.head and o.owner != e.owner and o.objects == e.objects for o in changes
        ):
            # "scores fell with A and rose with B": the second is the comparator.
            continue
        agents = [a for a in r.event_agents(s, c, e) if r.acts(a)]
        if not agents:
            continue
        fronted = r.fronted_diseases(s)
        following = (v.first for v in s.parse.verbs if v.first >= last and v.form == "finite" and not v.relative)
        near = s.diseases_in(e.first, min(len(s.tokens), last + 10, *itertools.islice(following, 1)))
        own = c.section_disease or c.disease
        signs = [i for i in near if own and i in symptom and own != r.pick(s.mentions[i], "disease")]
        ds = ailing or [r.pick(s.mentions[i], "disease") for i in near if i not in signs]
        ds = [d for d in ds if d] or r.context_disease(s, c)
        if symptom and fronted and not ailing:
            ds = fronted  # "in rats with CKD, proteinuria fell": a symptom of that disease
        if len(set(ds)) > 1 and c.disease in ds:
            ds = [c.disease]
        if s.has("ChanceWord", e.first, last) and s.has("Than", last, len(s.tokens)) and c.disease not in ds:
            # "a lower risk of GVHD than …" compares harms.
            continue
        for a in agents:
            for d in unique(ds) if ds == fronted else unique(ds)[:1]:
                yield Candidate(a, "treats", d, e.head, e.verb, "measure", disease=d)


def _when(s: Sentence, at: int) -> bool:
    """Whether a token stands in a phrase of time: "after a heart attack"."""
    phrase = s.phrase_at[at]
    return phrase is not None and phrase.prep in ("after", "following", "before", "during", "since")


def _in_it(s: Sentence, e: Event, i: int) -> bool:
    """Whether a mention is the disease in which something else lessens: "reduce inflammation in heart failure"."""
    phrase = s.phrase_at[s.spans[i][0]]
    aside = phrase is not None and phrase.prep == "in" and phrase not in e.objects and "disease" in s.mentions[i].kinds
    return aside and e.owner == "Lessening" and e.kind == "verb" and bool(e.objects) and not e.objects[0].prep


def _ailing(r: Rules, s: Sentence, e: Event, own: str) -> list[str]:
    """The disease that itself lessened: "her arthritis eased after …"."""
    if e.kind != "inchoative" or e.owner != "Lessening":
        return []
    heads = [p for p in e.objects if not p.prep and s.spans and not s.has("PatientWord", p.last - 1, p.last)]
    if own and any("phenotype" in s.mentions[i].kinds for i in s.in_phrases(heads[-1:], ("disease",))):
        return []  # "diarrhea eased", in an article on another disease: its symptom
    return [d for p in heads[-1:] for d in r.diseases(s, [p])]


def _in_patients(s: Sentence, e: Event) -> bool:
    """Whether a bare improvement is that of patients or a disease: "in lupus, MSCs led to improvement"."""
    return (
        e.kind == "noun"
        and e.verb is not None
        and e.verb.form == "finite"
        and (bool(s.diseases_in(0, len(s.tokens))) or s.has("PatientWord", 0, len(s.tokens)) is not None)
    )


def _of_cells(s: Sentence, at: int) -> bool:
    """Whether a measure is of cells, not of patients: "RGC survival"."""
    before = s.tokens[at - 1].mention if at else -1
    if before >= 0 and "cell" in s.mentions[before].kinds:
        return True
    if at + 1 >= len(s.tokens) or s.tokens[at + 1].lower != "of":
        return False
    after = next((p for p in s.parse.phrases if p.first > at), None)
    return after is not None and after.prep == "of" and bool(s.in_tokens(after.first, after.last, ("cell",)))


def _helped(r: Rules, s: Sentence, e: Event) -> bool:
    """Whether something that no list knows is made better in patients with a disease: "restored a clear surface in
    most patients with LSCD"."""
    if e.kind != "verb" or e.verb is None or not e.objects or e.verb.lemma not in r.improving:
        return False
    if s.in_tokens(e.first, e.last, ("factor", "process", "cell", "tissue", "pathway")):
        return False
    after = [p for p in e.verb.objects if p.first >= e.last]
    front = [p for p in s.parse.phrases if p.last <= e.verb.first and p not in e.verb.subject][:3]
    if any(p.prep in ("in", "of", "for") and s.has("PatientWord", p.first, p.last) for p in after):
        return bool(r.diseases(s, after))
    opens = bool(front) and front[0].prep == "in" and s.has("PatientWord", front[0].first, front[0].last) is not None
    return opens and bool(r.diseases(s, front))


def may_tell_keeping(g: Glimpse) -> bool:
    """Whether `keeps_well` may find something."""
    return g.words.has_verb("Bringing") and g.words.can_have("MeasureWord")


def keeps_well(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """treats: a therapy puts or keeps a disease, or its patients, in remission."""
    for v in s.parse.verbs:
        if "Bringing" not in r.lexicon.verb_owners(v.lemma):
            continue
        state = [p for p in v.objects if p.prep in ("in", "into", "to") and s.has("MeasureWord", p.first, p.last)]
        if not state:
            continue
        agents = [a for a in r.agents(s, c, v.subject) if r.acts(a)]
        ahead = [p for p in v.objects if p.last <= state[0].first]
        ds = r.diseases(s, ahead)
        if not ds and any(s.has("PatientWord", p.first, p.last) for p in ahead):
            ds = r.context_disease(s, c)
        for a in agents:
            for d in unique(ds):
                yield Candidate(a, "treats", d, v.main, v, "keeps-well", disease=d)


def may_link(g: Glimpse) -> bool:
    """Whether `treats_by_link` may find something."""
    return g.names("disease") and (g.names(*_GIVEN) or g.words.can_say("treats"))


def treats_by_link(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """treats: a therapy tied to a disease by a chain of phrases: "MSCs for lupus", "the role of stem cells in
    treating stroke", "a trial of MSC therapy in patients with ALS"."""
    if "disease" not in s.kinds:
        return
    phrases = s.parse.phrases
    for k, p in enumerate(phrases if not s.kinds.isdisjoint(_GIVEN) else ()):
        heads = s.in_tokens(p.first, p.last, _GIVEN)
        heads = [i for i in heads if s.spans[i][1] == len(s.tokens) or s.tokens[s.spans[i][1]].tag != "HYPH"]
        if not any(s.mentions[i].id in r.therapeutic or s.mentions[i].kinds & {"drug", "product"} for i in heads):
            # Other cells only where a word says that they are given.
            heads = []
        if not heads or p.bracket or p.prep in ("from", "than", "versus", "over") or _loses(s, p):
            continue
        if any(v.negated and p in v.subject for v in s.parse.verbs):
            # "MSC therapy for D did not help"
            continue
        head = heads[-1]
        end = p.last
        purposeful = False
        for q in phrases[k + 1 : k + 9]:
            gap = s.tokens[end : q.first]
            # Only prepositions, "treating" and commas may stand between.
            if any((t.tag.startswith("V") and not _treating(r, t.lemma, t.tag)) or t.tag in ("MD",) for t in gap):
                break
            if any(t.lower in ("that", "which", "who", ";", ":", "but", "and", "or") for t in gap) and not (
                q.conjoined and purposeful
            ):
                if not (q.conjoined or q.bracket):
                    break
            whose = any(t.lower == "whose" for t in gap)
            if whose and s.has("PatientWord", *_span_before(phrases, q)) is not None:
                purposeful = True  # "in children whose GVHD had not yielded to steroids"
            good = q.prep == "on" and s.has("GoodEffect", max(0, p.first - 6), p.first) is not None
            if good or q.prep in ("for", "in", "against") or any(_treating(r, t.lemma, t.tag) for t in gap):
                purposeful = True
            elif whose and purposeful:
                pass
            elif (not q.prep and not q.conjoined and not q.bracket) or (
                q.prep in ("from", "by", "than", "like", "such as", "including", "over", "versus") and not purposeful
            ):
                break
            end = q.last
            if q.bracket:
                continue
            if purposeful:
                for i in s.in_tokens(q.first, q.last, ("disease",)):
                    d = r.pick(s.mentions[i], "disease")
                    if d:
                        a = r.agent_of(s, head)
                        if is_group := r.said_to_be(s, [p]):  # "infliximab is the best drug for D"
                            a = next((x for x in r.agents(s, c, is_group) if r.acts(x)), a)
                        holder = s.enclosing(s.spans[i][0])
                        if holder is not None and holder.negated:
                            # "Safety has not been established for MSCs in D" denies something else.
                            continue
                        yield Candidate(a, "treats", d, s.spans[head][0], s.enclosing(s.spans[i][0]), "link",
                                        disease=d, first=s.spans[head][0], last=s.spans[i][1])  # fmt: skip
    # "the treatment of D with A"
    for e in s.events:
        if e.owner == "treats" and e.kind == "noun":
            ds = [d for p in e.objects if p.prep in ("of", "for") for d in r.diseases(s, [p])]
            if ds and e.agent:
                for a in r.agents(s, c, e.agent):
                    if r.acts(a):
                        for d in unique(ds):
                            yield Candidate(a, "treats", d, e.head, e.verb, "treatment-with", disease=d)


def _span_before(phrases: list[Phrase], p: Phrase) -> tuple[int, int]:
    """The tokens of the phrase before a phrase."""
    before = phrases[phrases.index(p) - 1]
    return before.first, before.last


def _treating(r: Rules, lemma: str, tag: str) -> bool:
    return tag == "VBG" and "treats" in r.lexicon.verb_owners(lemma)


def _loses(s: Sentence, p: Phrase) -> bool:
    """Whether a phrase is the comparator of a comparison ("superior to cyclophosphamide")."""
    return s.has("Than", p.first - 2, p.first) is not None and p.prep in ("to", "with", "than")


def may_praise(g: Glimpse) -> bool:
    """Whether `treats_by_benefit` may find something."""
    if not (g.words.can_have("BenefitWord") or g.words.can_say("treats")):
        return False
    return g.names("disease") or g.words.can_have("PatientWord")


def treats_by_benefit(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """treats: a therapy is, or offers, something good for a disease or its patients: "a promising option for MS",
    "is effective in lupus", "offers hope to patients"."""
    for v in s.parse.verbs:
        within: list[str] = []
        if v.copula:
            if "treats" not in r.lexicon.adjectives.get(v.lemma, ()):
                continue
            if s.has("Than", v.first, v.last + 2) is not None:
                # A comparison says which of two does better, and no more.
                continue
            start = v.last
        else:
            match = next((m for m in s.phrases("BenefitWord", v.last, v.end) if s.tokens[m.first].mention < 0), None)
            failing = "Failing" in r.lexicon.verb_owners(v.lemma)
            if match is None or (v.lemma in r.denying and not failing):
                continue
            if match.last < len(s.tokens) and s.tokens[match.last].tag == "HYPH":
                continue  # "died of treatment-related sepsis"
            start = match.last
            if (holder := s.phrase_at[match.first]) is not None and s.tokens[match.first - 1].mention >= 0:
                within = r.diseases(s, [Phrase(holder.first, match.first)])  # "is a lupus treatment"
        e = Event("treats", v.main, v.last, v.end, v.subject, [], v, "verb", v.lemma)
        targets = list(within)
        patients = False
        for p in v.objects:
            if p.last <= start or p.bracket:
                continue
            if (
                p.prep
                in ("for", "in", "to", "of", "against", "with", "across", "among", "like", "such as", "including")
                or p.conjoined
            ):
                targets.extend(r.diseases(s, [p]))
                if p.prep in ("for", "in", "to", "of", "with", "among") and s.has("PatientWord", p.first, p.last):
                    patients = True
            elif p.prep in ("than", "over", "versus"):
                break
        for g in s.parse.verbs:
            if (
                g.governor is v
                and _treating_verb(r, g)
                and g.prep in ("for", "in", "of", "to", "")
                and g.first >= start
            ):
                targets.extend(r.diseases(s, list(g.objects)))
                if any(s.has("PatientWord", p.first, p.last) for p in g.objects):
                    patients = True
        if not targets and patients:
            targets = r.context_disease(s, c)
        if not targets and s.parse.phrases[0].prep in ("in", "for", "among") and v.subject:
            start = v.subject[0].first
            targets = r.diseases(s, [p for p in s.parse.phrases if p.prep and p.last <= start])[:1]
        if not targets:
            continue
        received = {
            a
            for o in s.parse.verbs
            if o.relative and o.first > v.last and r.is_of(o, "Administering", "Allowing")
            for a in r.agents(s, c, o.objects)
        }
        if any(s.tokens[p.first].lower == "there" for p in v.subject) and not r.all_agents(s, 0, len(s.tokens)):
            # "There is no cure for D" is about D.
            continue
        agents = [a for a in r.event_agents(s, c, e) if r.acts(a) and a not in received]
        for a in agents:
            for d in unique(targets):
                yield Candidate(a, "treats", d, v.main, v, "benefit-noun", disease=d)


def _treating_verb(r: Rules, v: Verb) -> bool:
    return v.form in ("gerund", "infinitive") and r.is_of(v, "treats", "Improving", "Lessening")


def treats_by_response(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """treats: patients or a disease respond to, improve after or are treated with a therapy."""
    for e in s.events if "treats" in s.owners else ():
        if e.owner != "treats" or e.kind != "inverse" or e.verb is None:
            continue
        agents = [a for a in r.agents(s, c, e.objects) if r.acts(a)]
        if not agents and s.has("ReferringWord", e.first, e.last) and not s.has("OtherTherapy", e.first, e.last):
            agents = r.treatment(c)
        subject = e.subject or []
        patients = any(s.has("PatientWord", p.first, p.last) for p in subject)
        if e.verb.relative and e.verb.negated:
            continue  # "patients who have not responded to biologics": who they are
        ds = r.diseases(s, subject)
        treated = e.cue.split()[1:2] in (["treated"], ["managed"])
        general = any(t.tag in ("VBP", "VBZ") for t in s.tokens[e.verb.first : e.verb.last]) and not e.verb.relative
        if treated and patients and not (general and ds):
            continue  # "patients were treated with X" says who, "most patients with D are treated with X" what for
        own = c.section_disease or c.disease
        signs = {i for i in s.in_phrases(subject, ("phenotype",)) if own and not patients}
        if (not ds and patients) or (signs and own not in ds):
            ds = r.context_disease(s, c) if patients else [own]  # a sign of the disease that the text is about
        for a in agents:
            for d in unique(ds):
                yield Candidate(a, "treats", d, e.head, e.verb, "response", disease=d)


def may_deny_difference(g: Glimpse) -> bool:
    """Whether `no_difference` may find something."""
    if not g.words.can_have("NoDifference"):
        return False
    if g.names("phenotype") or g.words.can_have("MeasureWord", "ComplaintWord", "ControlWord"):
        return True
    return g.words.has_word("between") and g.words.can_have("ArmWord")


def no_difference(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """A negative treats: no difference in, or no effect on, a measure of health or burden of disease."""
    match = s.has("NoDifference", 0, len(s.tokens))
    if match is None or s.has("Beforehand", 0, len(s.tokens)) is not None:
        return
    named = (
        s.has("MeasureWord", 0, len(s.tokens))
        or s.has("ComplaintWord", 0, len(s.tokens))
        or (
            s.has("ControlWord", match.last, len(s.tokens)) and not s.in_tokens(0, len(s.tokens), ("factor", "process"))
        )
    )
    symptom = s.in_tokens(0, len(s.tokens), ("phenotype",))
    unnamed = any(
        r.pick(m, "adverse_event") in ("stemkg:AdverseEvent", "stemkg:SeriousAdverseEvent") for m in s.mentions
    )
    arms = s.words.has_word("between") and s.has("ArmWord", match.last, len(s.tokens)) is not None
    arms = arms and not s.in_tokens(match.last, len(s.tokens), ("factor", "process"))
    if (named is None and not symptom and not arms) or unnamed:
        return
    verb = next((v for v in s.parse.verbs if v.first <= match.first < max(v.last, v.end)), None)
    agents = [a for a in r.agents(s, c, verb.subject) if r.acts(a)] if verb is not None else []
    if not agents:
        agents = [a for a in r.all_agents(s, 0, len(s.tokens)) if r.is_therapeutic(a)][:1]
    clause = s.parse.clauses[match.first]
    after = [
        i for i in s.in_tokens(match.last, len(s.tokens), ("disease",)) if s.parse.clauses[s.spans[i][0]] == clause
    ]
    own = c.section_disease or c.disease
    # "no effect on proteinuria", "no difference in lung damage"
    signs = set()
    if own:
        signs = {i for i in after if "phenotype" in s.mentions[i].kinds or s.has("ComplaintWord", *s.spans[i])}
    ds = [d for i in after if i not in signs and (d := r.pick(s.mentions[i], "disease"))]
    ds = ds if ds and c.disease not in ds else [own] if signs else r.context_disease(s, c)
    for d in ds[:1]:
        for a in agents or r.treatment(c):
            yield Candidate(a, "treats", d, match.first, verb, "no-difference", disease=d, negative=True)


def may_list(g: Glimpse) -> bool:
    """Whether `treats_by_list` may find something."""
    return g.names("disease") and g.names(*_GIVEN) and g.words.can_have("DrugWord", "BenefitWord")


def treats_by_list(r: Rules, s: Sentence, c: Context) -> Iterator[Candidate]:
    """Treatments of a disease and then their names: "treatments for MS, including A and B", "drugs for MS like A"."""
    if "disease" not in s.kinds or s.kinds.isdisjoint(_GIVEN):
        return
    for k, p in enumerate(s.parse.phrases):
        if s.has("DrugWord", p.last - 1, p.last) is None and s.has("BenefitWord", p.last - 1, p.last) is None:
            continue
        ds = r.diseases(s, [p])
        at = k + 1
        phrases = s.parse.phrases
        while at < len(phrases) and phrases[at].prep in ("for", "of", "in", "against") and at <= k + 2:
            ds = ds or r.diseases(s, [phrases[at]])
            at += 1
        if not ds or at >= len(phrases) or phrases[at].prep not in ("such as", "including", "like"):
            continue
        end = phrases[at].first
        for q in phrases[at : at + 12]:
            listed = q.conjoined or q.bracket or q.prep in ("such as", "including", "like", "of")
            if not listed or not follows_closely(s.tokens, end, q.first):
                break
            end = q.last
            for i in s.in_tokens(q.first, q.last, _GIVEN):
                a = r.agent_of(s, i)
                for d in unique(ds):
                    yield Candidate(a, "treats", d, s.spans[i][0], s.enclosing(p.first), "treatment-list", disease=d)
