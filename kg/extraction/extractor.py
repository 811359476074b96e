"""The extractor: an article in, its claims out."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import partial

from kg.articles import Article
from kg.articles import Sentence as Span
from kg.claim import EVIDENCE, PREDICATES, QUALIFIERS, UNITS, Claim, one_of
from kg.extraction import context as ctx
from kg.extraction.confidence import UNKNOWN, confidences
from kg.extraction.context import Context
from kg.extraction.lexicon import Lexicon, Words
from kg.extraction.names import Mention, MentionFinder
from kg.extraction.pieces import in_pieces
from kg.extraction.rules import Candidate, Rules, candidates, may_claim
from kg.extraction.rules.scope import chain, hedged, negated
from kg.extraction.sentence import Glimpse, Sentence, read
from kg.extraction.syntax import Verb
from kg.extraction.tokens import lemma
from kg.vocabulary import Vocabulary

# "iPSC-derived neurons", "neurons grown from iPSCs": the neurons are given, the stem cells are what they are made from.
_DERIVED = re.compile(r"[-\s]+(?:derived|based|generated|made)\s+(?:[\w-]+\s+){0,2}")
_FROM = re.compile(
    r"\)?,?\s+(?:\([^()]*\),?\s+)?(?:(?:\w+ly\s+)?(?:derived|isolated|obtained|taken|harvested|collected|grown|prepared|made|"
    r"expanded|cultured|produced|manufactured|drawn|sourced|extracted|purified)\s+)?from\s+(?:[\w-]+\s+){0,3}"
)
_MARK = re.compile(r"(?:[-–•*·]|\d+[.)])\s+")  # of a list item
_STOP = re.compile(r"[,;:.]\s")
_MADE_INTO = re.compile(r"\b(?:into|became|become)\s+(?:[\w-]+\s+){0,3}$")
_MADE_FROM = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}(?:derived|grown|made|generated|produced|differentiated|obtained|prepared|manufactured)\s+from\s+(?:[\w-]+\s+){0,3}"
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A candidate that did not become a claim, and why."""

    candidate: Candidate
    reason: str


@dataclass(slots=True)
class Explanation:
    """What was seen in an article: each sentence, its claims, what was rejected, and the sentences that by what they
    are state nothing, by their offsets, with the reason."""

    claims: list[Claim] = field(default_factory=list)
    rejected: list[tuple[Span, Rejection]] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    silent: dict[tuple[int, int], str] = field(default_factory=dict)


class Extractor:
    """Reads claims out of articles by the words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lexicon = Lexicon(vocabulary)
        self.finder = MentionFinder(vocabulary)
        self.rules = Rules(vocabulary, self.lexicon, self.finder)
        self._confidences = confidences()
        self._given_as = dict(vocabulary.annotations.get("givenAs", ()))
        self._diseases = frozenset(t.id for t in vocabulary.of_kind("disease"))

    def claims(self, article: Article) -> list[Claim]:
        """The claims of an article, sorted."""
        return self._read(article, None)[0]

    def read(self, article: Article) -> tuple[list[Claim], str]:
        """The claims of an article, sorted, and the kind of evidence that it reports, stated or told by its words."""
        return self._read(article, None)

    def explain(self, article: Article) -> Explanation:
        """The claims of an article with all that led to them."""
        explanation = Explanation()
        explanation.claims, _ = self._read(article, explanation)
        return explanation

    def _read(self, article: Article, explanation: Explanation | None) -> tuple[list[Claim], str]:
        """The claims of an article, and the evidence that it reports. What led to them is kept only where there is an
        explanation to keep it in."""
        article = in_pieces(article)
        mentions = self._mentions(article)
        starts = [m.start for m in mentions]
        title = article.title + ". " + (article.work.title if article.work else "")
        titled = self.finder.find(title)
        own = [m for m in titled if m.end <= len(article.title)]
        given, sources = self._given(article.text, mentions, own)
        self.rules.begin(given)
        words = [self.lexicon.words(article.text, span.start, span.end) for span in article.sentences]
        c = self._context(article, words, mentions, sources, title, titled)
        section = -1
        found: dict[tuple[object, ...], Claim] = {}
        for index, span in enumerate(article.sentences):
            if explanation is not None:
                c.catch_up()  # it is to show every sentence, and what led to what
            if span.section != section:
                section = span.section
                self._enter_section(article, section, c)
            inside = mentions[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
            inside = [m for m in inside if m.end <= span.end]
            glimpse = Glimpse(words[index], inside)
            if explanation is None and self._tells_nothing(glimpse, span) and not may_claim(glimpse):
                c.later(partial(self._pass_over, article.text, span, glimpse))
                continue
            s = self._sentence(article.text, span, glimpse)
            if explanation is not None:
                explanation.sentences.append(s)
            if reason := self._states_nothing(s, span):
                if explanation is not None:
                    explanation.silent[span.start, span.end] = reason
                if span.kind != "heading":
                    self._remember(s, c)
                continue
            self._introduce(c, s)
            evidence = self._evidence(s)
            self._tell_study(s, c, evidence)
            readings = self._readings(article, index, s, mentions, starts, c)
            for said_by, candidate in ((reading, x) for reading, proposed in readings for x in proposed):
                reason = self._unfit(said_by, candidate)
                if reason:
                    if explanation is not None:
                        explanation.rejected.append((span, Rejection(candidate, reason)))
                    continue
                named = evidence if said_by is s else self._evidence(said_by)
                claim = self._claim(article, span, said_by, c, candidate, named)
                said = (claim.subject, claim.predicate, claim.object, claim.polarity)
                key = (span.start, *said, claim.value, claim.unit, claim.qualifiers)
                known = found.get(key)
                if known is None or (claim.certainty, -claim.confidence) < (known.certainty, -known.confidence):
                    found[key] = claim
            self._remember(readings[0][0], c)
        return sorted(found.values()), c.evidence

    def _tells_nothing(self, glimpse: Glimpse, span: Span) -> bool:
        """Whether a sentence tells nothing of the article's therapy and of studies, if it claims nothing."""
        return (
            span.lead is None
            and not glimpse.names("cell", "product")
            and not glimpse.words.can_have("evidence")
            and self.rules.therapeutic.isdisjoint([id for m in glimpse.mentions for id in m.ids])
        )

    def _sentence(self, text: str, span: Span, glimpse: Glimpse) -> Sentence:
        return read(text, span.start, span.end, glimpse.words, glimpse.mentions, self.lexicon, span.kind)

    def _pass_over(self, text: str, span: Span, glimpse: Glimpse, c: Context) -> None:
        """Read a sentence only for what the next may refer to."""
        s = self._sentence(text, span, glimpse)
        if s.tokens and not (span.kind == "heading" and self._states_nothing(s, span)):
            self._take_up(s, c)

    # -- the article

    def _mentions(self, article: Article) -> list[Mention]:
        text = article.text[article.start : article.end]
        shifted = [self._as_given(text, m) if m.id in self._given_as else m for m in self.finder.find(text)]
        if not article.start:
            return shifted
        return [m.moved(article.start) for m in shifted]

    def _as_given(self, text: str, m: Mention) -> Mention:
        """A tissue as the cell that is meant where it is given: "children who received cord blood"."""
        ahead = _ahead(text, m)
        before = ahead.split()[-4:]
        after = re.split(r"[,;:.]", text[m.end : m.end + 60])[0].split()[:6]
        given = self._is_studied(ahead.rstrip(), text[m.end : m.end + 60]) or any(
            self._gives(word) or self.lexicon.is_word("GivingNoun", word) for word in before
        )
        called = bool(after) and lemma(after[0].lower()) == "be" and any(
            self.lexicon.is_word("TherapyNoun", word) for word in after)  # fmt: skip
        if not given and not called:
            return m
        cell = self._given_as[m.id]
        return Mention(m.start, m.end, (cell,), self.vocabulary.kinds(cell), "", m.short)

    def _given(
        self, text: str, mentions: list[Mention], titled: list[Mention]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """The kinds of cells that the article speaks of as given, beside those that always are a therapy; and the stem
        cells that are only what given cells are made from. `titled` are the mentions of its title."""
        # What the title names, and stem cells are turned into, is given: "lab-grown retinal cells restore sight".
        made = {m.id for m in titled if "cell" in m.kinds}
        if not made.isdisjoint(self.rules.always):
            made = set()
        given = set()
        sources = set()
        for k, m in enumerate(mentions):
            if "cell" not in m.kinds:
                continue
            following = mentions[k + 1] if k + 1 < len(mentions) else None
            if following is not None and "cell" in following.kinds:
                between = text[m.end : following.start]
                if m.id in self.rules.always and _DERIVED.fullmatch(between):
                    given.add(following.id)
                    sources.add(m.id)
                elif (
                    following.id in self.rules.always
                    and m.id not in self.rules.always
                    and _MADE_FROM.fullmatch(between)
                ):
                    given.add(m.id)
                    sources.add(following.id)
            if m.id in self.rules.always:
                continue
            after = text[m.end : m.end + 20].split(maxsplit=1)
            before = _ahead(text, m)
            told = text[m.end : m.end + 40].split()[:4]
            passive = bool(told) and lemma(told[0].lower()) in ("be", "have")
            if (
                (m.id in made and _MADE_INTO.search(before) is not None)
                or self._is_studied(before, text[m.end : m.end + 60])
                or (after and self.lexicon.is_word("TherapyNoun", after[0]))
                or any(self.lexicon.is_word("GivenWord", word) for word in before.split()[-4:])
                or (passive and any(self._gives(word) for word in told))
            ):
                given.add(m.id)
        return frozenset(given), frozenset(sources - given)

    def _is_studied(self, before: str, after: str) -> bool:
        """Whether what stands between two stretches of text is tried in people: "is evaluating X in patients"."""
        words = after.split()[:4]
        verbs = [v for w in before.split()[-2:] for v in self.lexicon.verbs.get(lemma(w.lower()), ())]
        return (
            bool(words)
            and words[0] in ("in", "for")
            and any(cue.owner == "Studying" for cue in verbs)
            and any(self.lexicon.is_word("PatientWord", w) for w in words)
        )

    def _gives(self, word: str) -> bool:
        """Whether a word is of giving something: "implanted", "placed"."""
        verbs = self.lexicon.verbs.get(lemma(word.strip(".,;:()").lower()), ())
        return any(cue.owner == "Placing" for cue in verbs) or self.lexicon.is_word("GivenWord", word)

    def _narrowed(self, article: Article, mentions: list[Mention], therapy: str) -> frozenset[str]:
        """The kind of a therapy's cell that an article names by its source, where it names one kind only."""
        specific = {m.id for m in mentions if "cell" in m.kinds and m.id in self.rules.sourced}
        for k, m in enumerate(mentions[:-1]):
            following = mentions[k + 1]
            if (
                "cell" in m.kinds
                and "tissue" in following.kinds
                and _FROM.fullmatch(article.text[m.end : following.start])
            ):
                if (cell := self.finder.specific(m.id, following.id)) is not None:
                    specific.add(cell)
        kinds = frozenset(id for id in specific if id != therapy and therapy in self.vocabulary.ancestors(id))
        return kinds if len(kinds) == 1 else frozenset()

    def _context(
        self,
        article: Article,
        words: list[Words],
        mentions: list[Mention],
        sources: frozenset[str],
        title: str,
        titled: list[Mention],
    ) -> Context:
        c = Context(evidence=ctx.article_evidence(article, words, self.vocabulary, self.lexicon))
        for m in titled:
            d = self.rules.pick(m, "disease")
            if d and not c.disease:
                c.disease = d
        starts = [m.start for m in mentions]
        in_sentences = [
            mention
            for span in article.sentences
            for mention in mentions[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        ]
        c.disease = ctx.main_disease(in_sentences, self._diseases, c.disease, self.vocabulary)
        specific = self.rules.therapeutic - self.rules.general
        named = [m for m in in_sentences if m.id in specific]
        first_named = next((m.id for m in titled + named if m.id in specific), "")
        # A bare "stem cell transplant" is of blood-forming cells, unless the article first names others.
        if not first_named or any(above in self.rules.transplanted for above in self.vocabulary.ancestors(first_named)):
            c.transplant = first_named or self.rules.transplant
        cells = [
            m
            for k, m in enumerate(titled)
            if m.id in self.rules.therapeutic
            and not (
                k + 1 < len(titled)
                and "product" in titled[k + 1].kinds
                and _DERIVED.fullmatch(title[m.end : titled[k + 1].start])
            )
        ]
        own = [m for m in cells if m.id in specific and (m.id not in sources or len(cells) == 1)] or cells
        for m in own[:1]:
            after = title[m.end :].split(maxsplit=1)
            following = [title[m.start : m.end].split()[-1], *after[:1]]
            bare = m.id in self.rules.general and any(self.lexicon.is_word("TransplantWord", w) for w in following)
            c.therapy = [(c.transplant, "")] if bare and c.transplant else [(m.id, m.source)]
            c.named_therapy = True
        c.sole = (
            bool(c.therapy)
            and c.therapy[0][0] not in self.rules.general
            and ({m.id for m in named} - sources <= {c.therapy[0][0]})
        )
        if named and (not c.therapy or c.therapy[0][0] in self.rules.general):
            # The one cell that the article is about, if it is about one.
            counted = [m for m in named if m.id not in sources] or named
            first = counted[0]
            share = sum(m.id == first.id or first.id in self.vocabulary.ancestors(m.id) for m in counted) / len(counted)
            if share > 0.7 and not c.therapy:
                c.therapy = [(first.id, first.source)]
        if c.therapy:
            c.narrowed = self._narrowed(article, mentions, c.therapy[0][0])
        return c

    def _enter_section(self, article: Article, section: int, c: Context) -> None:
        c.section_disease = c.section_evidence = c.headed_evidence = ""
        if c.section_therapy:
            c.catch_up()
            c.section_therapy = []
        c.later(_begin_section)
        if section >= len(article.sections):
            return
        heading = article.sections[section].heading
        said = self.lexicon.words(heading, 0, len(heading))
        headed = {m.owner for m in said.phrases("evidence") if not ctx.plural(said.tokens[m.last - 1])}
        c.headed_evidence = ctx.strongest(headed - {"Review", "ExpertStatement"}, weakest=True)
        for m in self.finder.find(heading):
            d = self.rules.pick(m, "disease")
            if d and not c.section_disease and d != c.disease and c.disease not in self.vocabulary.ancestors(d):
                c.section_disease = d
            if m.id in self.rules.therapeutic:
                c.later(partial(_head, [(m.id, m.source)], m.id not in self.rules.general))

    def _states_nothing(self, s: Sentence, span: Span) -> str:
        if s.text.rstrip().endswith("?"):
            return "a question"
        if span.kind in ("heading", "title"):
            finite = [
                v for v in s.parse.verbs if v.form == "finite" or (v.form == "base" and v.subject and not v.governor)
            ]
            if not finite or s.tokens[0].lower in ("how", "why", "what", "when", "where", "who"):
                return f"a {span.kind} that is no sentence"
        return ""

    def _introduce(self, c: Context, s: Sentence) -> None:
        """What the line before a list item says of who acts."""
        if not s.tokens:
            return
        colon = next((k for k, t in enumerate(s.tokens[:8]) if t.text == ":"), None)
        if colon is not None:
            heads = [s.mentions[i] for i in s.in_tokens(0, colon) if s.mentions[i].id in self.rules.therapeutic]
            if heads:
                c.later(partial(_head, [(heads[-1].id, heads[-1].source)], False))

    def _readings(
        self, article: Article, index: int, s: Sentence, mentions: list[Mention], starts: list[int], c: Context
    ) -> list[tuple[Sentence, list[Candidate]]]:
        """A sentence as it may be read, with the candidates of each reading: a list item without a verb with the line
        that introduces it, and one that opens with a name ("- MSCs: …") also with that name in the introducing line."""
        span = article.sentences[index]
        if span.lead is None:
            return [(s, candidates(self.rules, s, c))]
        lead = article.sentences[span.lead]
        head = article.text[lead.start : lead.end].rstrip().rstrip(":")
        before = mentions[bisect_left(starts, lead.start) : bisect_left(starts, lead.end)]
        before = [m.moved(-lead.start) for m in before if m.end <= lead.start + len(head)]
        mark = _MARK.match(s.text)
        at = mark.end() if mark is not None else 0
        own = [m.moved(-span.start - at) for m in s.mentions]  # by where they stand behind the mark
        if any(v.form == "finite" for v in s.parse.verbs):
            readings = [(s, candidates(self.rules, s, c))]
            end = _label_end(s)
            if end is None:
                return readings
            alone = self._read_joined(head, before, span.kind)
            if (place := self._stands_for(alone)) is not None:
                first, last = place
                label = s.text[at:end].rstrip()
                inside = [m.moved(first) for m in own if m.end <= len(label)]
                rest = [m.moved(len(label) - (last - first)) for m in before if m.start >= last]
                joined = head[:first] + label + head[last:]
                whole = self._read_joined(joined, [*(m for m in before if m.end <= first), *inside, *rest], span.kind)
                readings.append((whole, self._beside(whole, alone, c)))
            return readings
        item = s.text[at:]
        if not any(m.start == 0 for m in own):
            item = item[:1].lower() + item[1:]  # in the middle of a sentence a verb begins with a small letter
        alone = self._read_joined(head, before, span.kind)
        whole = self._read_joined(f"{head} {item}", before + [m.moved(len(head) + 1) for m in own], span.kind)
        return [(whole, self._beside(whole, alone, c))]

    def _read_joined(self, text: str, mentions: list[Mention], kind: str) -> Sentence:
        words = self.lexicon.words(text, 0, len(text))
        return read(text, 0, len(text), words, mentions, self.lexicon, kind)

    def _beside(self, whole: Sentence, alone: Sentence, c: Context) -> list[Candidate]:
        """What an introducing line says with its item, beside what it says without."""
        without = {(x.subject, x.predicate, x.object) for x in candidates(self.rules, alone, c)}
        return [x for x in candidates(self.rules, whole, c) if (x.subject, x.predicate, x.object) not in without]

    def _stands_for(self, lead: Sentence) -> tuple[int, int] | None:
        """The words of an introducing line, by their offsets in it, that the label of an item stands for: "three kinds
        of cells are being studied for stroke: - MSCs: these are …"."""
        phrases = lead.parse.phrases
        for k, p in enumerate(phrases):
            inside = lead.in_tokens(p.first, p.last)
            general = bool(inside) and all(lead.mentions[i].id in self.rules.general for i in inside)
            if general or (not inside and lead.has("ReferringWord", p.last - 1, p.last) is not None):
                start = phrases[k - 1] if p.prep == "of" and k and phrases[k - 1].last == p.first - 1 else p
                return lead.tokens[start.first].start, lead.tokens[p.last - 1].end
        return None

    def _remember(self, s: Sentence, c: Context) -> None:
        """Keep a sentence for what the next may refer to, and see what it tells of the article's therapy."""
        if not s.tokens:
            return
        c.later(partial(self._take_up, s))
        if c.narrowed:
            c.catch_up()  # the therapy itself may turn out to be a kind of what it was
        if c.therapy and c.evidence != "MetaAnalysis":
            kinds = [a for a in self.rules.all_agents(s, 0, len(s.tokens)) if a[0] != c.therapy[0][0]]
            kinds = [a for a in kinds if c.therapy[0][0] in self.vocabulary.ancestors(a[0])]
            if len(kinds) == 1 and self._is_given(s, kinds[0]):
                c.catch_up()
                c.section_therapy = kinds
        if c.therapy and not c.named_therapy and any(m.id == c.therapy[0][0] for m in s.mentions):
            c.catch_up()
            c.named_therapy = True

    def _take_up(self, s: Sentence, c: Context) -> None:
        """What the next sentence may refer to."""
        said = c.said
        main = next((v for v in s.parse.verbs if v.form == "finite" and not v.relative), None)
        agents: list[ctx.Agent] = []
        if main is not None:
            agents = [a for a in self.rules.agents(s, c, main.subject) if self.rules.acts(a)]
        if main is not None:
            heads = [p for p in main.subject if not p.prep and not p.bracket]
            if not agents:
                # "She believes that the cells …" goes on to speak of the cells.
                for v in s.parse.verbs:
                    if (v.governor is main and v.form == "finite") or (
                        v is not main and v.form == "finite" and not v.relative
                    ):
                        agents = [a for a in self.rules.agents(s, c, v.subject) if self.rules.is_therapeutic(a)]
                        if agents:
                            break
            if heads:
                said.others = (
                    not agents
                    and any(
                        s.has("OtherTherapy", p.first, p.last) is not None
                        and (s.has("DrugWord", p.last - 1, p.last) or s.has("TherapyNoun", p.last - 1, p.last))
                        is not None
                        for p in heads[:1]
                    )
                ) or (
                    said.others
                    and not agents
                    and (
                        s.has("Pronoun", heads[0].first, heads[0].first + 1)
                        or s.has("ReferringWord", heads[0].first, heads[0].last)
                    )
                    is not None
                )
            if agents:
                said.about = "agent"
            elif self.rules.diseases(s, heads):
                said.about = "disease"
            elif any(s.has("PatientWord", p.first, p.last) for p in heads):
                said.about = "patients"
        if not agents:
            named = self.rules.all_agents(s, 0, len(s.tokens))
            agents = [a for a in named if self.rules.is_therapeutic(a)][:1]
            drugs = [a for a in named if not self.rules.is_therapeutic(a)]
            if drugs and not agents:
                agents = drugs
            elif agents and main is not None and not self._tells_of(s, main):
                # "Two papers report on MSCs" goes on to speak of these.
                said.about = "agent"
        if main is not None and main.lemma == "be" and agents and agents[0][0] in self.rules.general:
            # "One type of stem cells is X" goes on to speak of X.
            told = [a for a in self.rules.agents(s, c, [p for p in main.objects if not p.prep]) if self.rules.acts(a)]
            agents = [a for a in told if a[0] not in self.rules.general] or agents
        if agents:
            said.topic = agents
            said.topic_is_cell = self.rules.is_therapeutic(agents[0])
            if said.topic_is_cell:
                if agents[0][0] not in self.rules.general or not said.cells or said.cells[0][0] in self.rules.general:
                    # Once a cell is named, "stem cells" in general do not displace it.
                    said.cells = agents
                if (
                    c.therapy
                    and len(agents) == 1
                    and agents[0][0] in c.narrowed
                    and c.therapy[0][0] in self.vocabulary.ancestors(agents[0][0])
                    and self._is_given(s, agents[0])
                ):
                    # The one kind that the article tells its therapy's cells to be.
                    c.therapy = agents
        # What cells make, or what only gets its name, is no drug that was spoken of: "a chemical called dopamine".
        aside = {i for e in s.events if e.owner == "secretes" for i in s.in_tokens(e.first, e.last)}
        aside |= {i for i, (first, _) in enumerate(s.spans) if first and self._called(s, first - 1)}
        drugs = [self.rules.agent_of(s, i) for i in s.of_kind("drug") if i not in aside]
        if drugs:
            said.drugs = drugs
        factors = [self.rules.agent_of(s, i) for i in s.of_kind("factor")]
        if factors:
            said.factors = factors
        ways = [w for i in s.of_kind("pathway") if (w := self.rules.pick(s.mentions[i], "pathway"))]
        if ways:
            said.pathways = ways
        ds = [d for i in s.of_kind("disease") if (d := self.rules.pick(s.mentions[i], "disease"))]
        if ds:
            said.diseases = ds

    def _tells_of(self, s: Sentence, main: Verb) -> bool:
        """Whether the subject of a sentence is a disease or people."""
        heads = [p for p in main.subject if not p.prep]
        return bool(self.rules.diseases(s, heads)) or any(s.has("PatientWord", p.first, p.last) for p in heads)

    @staticmethod
    def _evidence(s: Sentence) -> str:
        """The evidence type that a sentence names, beside longer names: "cell line-derived neurotrophic factor"."""
        named = set()
        for m in s.phrases("evidence"):
            inside = s.tokens[m.first].mention
            after = s.tokens[m.last].mention if m.last < len(s.tokens) else -1
            if after >= 0 and "drug" in s.mentions[after].kinds:
                continue  # "horse antithymocyte globulin"
            if inside < 0 or s.spans[inside][1] - s.spans[inside][0] <= m.last - m.first:
                named.add(m.owner)
        return ctx.strongest(named, weakest=True)

    @staticmethod
    def _called(s: Sentence, at: int) -> bool:
        """Whether the word before a name gives it: "a chemical called dopamine"."""
        return "Naming" in s.lexicon.verb_owners(s.tokens[at].lemma)

    def _tell_study(self, s: Sentence, c: Context, named: str) -> None:
        """Which kind of study a section tells of by now, by what a sentence names."""
        pointed = c.section_evidence == "RandomizedTrial" and s.has("ThisStudy", 0, len(s.tokens)) is not None
        if named not in ("", "Review", "ExpertStatement") and _tells(s) and not _wished_for(s) and not pointed:
            c.section_evidence = named

    def _is_given(self, s: Sentence, agent: ctx.Agent) -> bool:
        """Whether a sentence says that the cell is given or tested."""
        cells = {i for i in s.of_kind("cell") if self.rules.agent_of(s, i) == agent}
        for e in s.events:
            if e.owner in ("Administering", "Studying"):
                held = set(s.in_phrases([*e.objects, *(e.subject or ())])) | set(s.in_tokens(e.first, e.last))
                if held & cells:
                    return True
                if e.kind == "verb" and any(s.spans[i][0] > e.head for i in cells):
                    # "examined whether MSCs from bone marrow improve …"
                    return True
        return False

    # -- the claim

    def _unfit(self, s: Sentence, candidate: Candidate) -> str:
        excluded = s.has("Exclusion", candidate.head - 6, candidate.head)
        if excluded is not None and not any(t.text == "," for t in s.tokens[excluded.last : candidate.head]):
            return "it is set aside, not said"
        if s.has("Diminisher", candidate.head - 4, candidate.head) is not None and candidate.predicate != "treats":
            return "it is called unlikely"
        if candidate.predicate == "treats" and candidate.verb is not None and candidate.verb.negated and (
                self.rules.is_of(candidate.verb, "Approving")):  # fmt: skip
            return "that it is not approved says nothing of what it does"
        if candidate.rule == "benefit-noun" and candidate.verb is not None and candidate.verb.negated and (
                s.has("Standing", candidate.verb.last, candidate.verb.last + 5) is not None):  # fmt: skip
            return "that it is no standard treatment says nothing of what it does"
        terms = self.vocabulary
        if candidate.subject[0] not in terms:
            return f"{candidate.subject[0]} is no term of the ontology"
        if candidate.object not in terms:
            return f"{candidate.object} is no term of the ontology"
        return ""

    def _claim(
        self, article: Article, span: Span, s: Sentence, c: Context, candidate: Candidate, evidence: str
    ) -> Claim:
        """The claim of a candidate; `evidence` is the type that its sentence names."""
        negative = candidate.negative if candidate.negative is not None else negated(s, candidate)
        hedge = candidate.hedged if candidate.hedged is not None else hedged(s, candidate)
        disease = candidate.disease
        if disease is None:
            disease = self._disease(s, c, candidate)
        elif disease == "" and candidate.predicate in ("derived_from", "differentiates_into"):
            named = [d for m in s.mentions if (d := self.rules.pick(m, "disease"))]
            disease = (c.disease if c.disease in named else named[0]) if named else ""
        whole = c.evidence if c.evidence == "MetaAnalysis" else c.headed_evidence or c.evidence
        if c.section_evidence and c.evidence in ("ExpertStatement", "Review") and _tells(s, candidate.verb):
            whole = c.section_evidence
        pointed = s.has("ThisStudy", 0, len(s.tokens)) is not None and c.section_evidence == "RandomizedTrial"
        uncontrolled = s.has("UncontrolledStudy", 0, len(s.tokens)) is not None
        if (
            evidence in ("Review", "ExpertStatement", "")
            or _wished_for(s)
            or (evidence == "ClinicalTrial" and whole in ("RandomizedTrial", "MetaAnalysis") and not uncontrolled)
            or (evidence == "ClinicalTrial" and pointed)
        ):
            # A trial that is only wished for shows nothing; "the trial" of a report is the one reported.
            evidence = "RandomizedTrial" if evidence == "ClinicalTrial" and pointed else whole
        qualifiers = dict(candidate.qualifiers)
        if candidate.subject[1]:
            qualifiers.setdefault("source", candidate.subject[1])
        species = next((m.owner for m in s.phrases("species")), "")
        if species and evidence == "AnimalStudy":
            qualifiers.setdefault("species", species)
        return Claim(
            article.id,
            span.start,
            span.end,
            candidate.subject[0],
            one_of("predicate", candidate.predicate, PREDICATES),
            candidate.object,
            disease,
            "negative" if negative else "positive",
            "hedged" if hedge else "asserted",
            one_of("evidence", evidence, EVIDENCE),
            "background",
            candidate.value,
            one_of("unit", candidate.unit, UNITS),
            tuple((key, qualifiers[key]) for key in QUALIFIERS if key in qualifiers),
            self._confidences.get(candidate.rule, UNKNOWN),
            candidate.rule,
            # What is read with the line before it has its words elsewhere.
            (s.offsets(candidate.head, candidate.head + 1),) if s.start == span.start else (),
        )

    def _disease(self, s: Sentence, c: Context, candidate: Candidate) -> str:
        if "disease" in self.vocabulary.kinds(candidate.subject[0]):
            return candidate.subject[0]
        if candidate.predicate in ("adverse_effect", "outcome"):
            # What a patient suffers or dies of is not what is treated: that is who "patients with" are.
            for p in s.parse.phrases:
                if p.prep == "with" and s.has("PatientWord", max(0, p.first - 5), p.first):
                    if ds := self.rules.diseases(s, [p]):
                        return ds[0]
            named = [d for m in s.mentions if (d := self.rules.pick(m, "disease"))]
            return c.disease if c.disease in named or not c.section_disease else c.section_disease
        named = []
        for m in s.mentions:
            d = self.rules.pick(m, "disease")
            if d and d != candidate.object:
                named.append(d)
        if named:
            return c.disease if c.disease in named else named[0]
        return c.section_disease or c.disease


def _begin_section(c: Context) -> None:
    """What a new section makes one forget."""
    c.said.drugs, c.said.others = [], False


def _head(agents: list[ctx.Agent], specific: bool, c: Context) -> None:
    """What a heading, or the label of a list item, says that its lines are about."""
    c.said.topic = agents
    if specific:
        c.said.cells = agents


def _ahead(text: str, m: Mention) -> str:
    """The text before a mention in the same stretch, up to 40 characters."""
    return _STOP.split(text[max(0, m.start - 40) : m.start])[-1]


def _label_end(s: Sentence) -> int | None:
    """Where the label of a list item ends, as an offset in it, if it names something given: "- MSCs: these are …"."""
    colon = s.label_end
    named = any(s.mentions[i].kinds & {"cell", "product", "drug"} for i in s.in_tokens(0, colon))
    if not named or any(v.first < colon for v in s.parse.verbs):
        return None
    return s.tokens[colon].start - s.start


def _wished_for(s: Sentence) -> bool:
    """Whether a sentence speaks of studies that are yet to come; "larger trials found no effect" does not."""
    return s.has("FutureStudy", 0, len(s.tokens)) is not None and not _tells(s)


def _tells(s: Sentence, verb: Verb | None = None) -> bool:
    """Whether a sentence, by a verb and those that govern it or else by any, tells what happened, as the report of a
    study does."""
    told = chain(verb) or [v for v in s.parse.verbs if v.form == "finite" and not v.relative]
    return any(t.tag == "VBD" for v in told for t in s.tokens[v.first : v.last])
