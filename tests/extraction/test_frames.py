"""Frames: who does what, whatever the form it is said in."""

from collections.abc import Sequence

import pytest
from understanding import article, extractor, sentence

from kg.articles import Sentence as Span
from kg.extraction.cues import CueBook
from kg.extraction.frames import Analyst, Sentence
from kg.extraction.language import Parse, Parser
from kg.extraction.names import Mention
from kg.vocabulary import load

AGENT_THEME = [("agent", "MSCs"), ("theme", "lupus")]


def roles(s: Sentence, word: str) -> list[tuple[str, str]]:
    """The arguments of the frame of a word: role and mention, those reached within a phrase with the way to them."""
    frame = s.frames[s.lowers.index(word)]
    return sorted(
        (role + way, s.words(s.named[one].first, s.named[one].last))
        for role, reached in frame.roles.items()
        for one, way in reached.items()
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("MSCs eased lupus.", "eased"),
        ("Asthma and lupus were not the same, but MSCs eased lupus.", "eased"),
        ("In that year MSCs eased lupus.", "eased"),
        ("MSCs have not eased lupus.", "eased"),
        ("MSCs can ease lupus.", "ease"),
        # Relative clauses.
        ("MSCs, which ease lupus, are kept frozen.", "ease"),
        ("We used MSCs that ease lupus.", "ease"),
        # Participles.
        ("MSCs easing lupus were kept frozen.", "easing"),
        # Control.
        ("MSCs were shown to ease lupus.", "ease"),
        ("MSCs are thought to ease lupus.", "ease"),
        ("MSCs seem to ease lupus.", "ease"),
        # Adverbial and coordinated clauses without a subject of their own.
        ("By easing lupus, MSCs made a name.", "easing"),
        ("MSCs move to the skin and ease lupus.", "ease"),
    ],
)
def test_the_doer_is_the_agent(text: str, word: str) -> None:
    assert roles(sentence(text), word) == AGENT_THEME


@pytest.mark.parametrize("text", ["Lupus was eased by MSCs.", "Lupus has not been eased by MSCs."])
def test_a_passive_is_turned_round(text: str) -> None:
    s = sentence(text)
    assert roles(s, "eased") == [("agent", "MSCs"), ("theme", "Lupus")]
    assert s.frames[s.lowers.index("eased")].passive


@pytest.mark.parametrize(
    "text", ["MSCs have eased lupus.", "MSCs had not eased lupus.", "MSCs were given and had eased lupus."]
)
def test_a_perfect_is_no_passive(text: str) -> None:
    s = sentence(text)
    assert not s.frames[s.lowers.index("eased")].passive
    assert {("agent", "MSCs"), ("theme", "lupus")} == {*roles(s, "eased")}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("MSCs isolated from bone marrow were frozen.", "isolated"),
        ("MSCs that were isolated from bone marrow were frozen.", "isolated"),
        ("MSCs were isolated from bone marrow.", "isolated"),
        ("MSCs were found and isolated from bone marrow.", "isolated"),
    ],
)
def test_what_a_passive_participle_is_about_is_its_theme(text: str, word: str) -> None:
    found = roles(sentence(text), word)
    assert ("p_from", "bone marrow") in found
    assert ("theme", "MSCs") in found
    assert "agent" not in [role for role, _ in found]


def test_the_members_of_a_list_have_its_role() -> None:
    s = sentence("MSCs and exosomes release VEGF, HGF and TNF-α.")
    agents, themes = [("agent", name) for name in ("MSCs", "exosomes")], ("VEGF", "HGF", "TNF-α")
    assert roles(s, "release") == sorted([*agents, *(("theme", name) for name in themes)])


def test_a_clause_keeps_its_own_ends() -> None:
    s = sentence("MSCs secrete VEGF, but exosomes carry HGF.")
    assert roles(s, "secrete") == [("agent", "MSCs"), ("theme", "VEGF")]
    assert roles(s, "carry") == [("agent", "exosomes"), ("theme", "HGF")]


def test_a_noun_has_its_arguments_by_their_prepositions() -> None:
    s = sentence("The suppression of TNF-α by MSCs was seen.")
    assert roles(s, "suppression") == [("p_by", "MSCs"), ("p_of", "TNF-α")]
    # And what it is said of reaches them through it.
    assert ("theme/of", "TNF-α") in roles(s, "seen")
    assert roles(sentence("The effects of MSCs on lupus were small."), "effects") == [
        ("p_of", "MSCs"),
        ("p_on", "lupus"),
    ]


def test_a_compound_is_an_argument_of_its_head() -> None:
    assert roles(sentence("MSC treatment of lupus is safe."), "treatment") == [("comp", "MSC"), ("p_of", "lupus")]


def test_a_light_verb_reaches_what_its_noun_is_about() -> None:
    s = sentence("MSCs have an effect on lupus.")
    assert roles(s, "have") == [("agent", "MSCs"), ("theme/on", "lupus")]
    assert roles(s, "effect") == [("p_on", "lupus")]


def test_an_apposition_stands_for_what_it_explains() -> None:
    found = roles(sentence("Lupus, a disease of the kidney, was eased by MSCs."), "eased")
    assert {("theme", "Lupus"), ("theme", "disease of the kidney"), ("agent", "MSCs")} <= {*found}


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("The doctor smiled after MSCs were frozen.", "smiled", "MSCs"),
        ("MSCs were frozen before the doctor saw lupus.", "frozen", "lupus"),
        ("Lupus is old, and MSCs are new.", "old", "MSCs"),
        ("We, who know lupus well, froze MSCs.", "know", "MSCs"),
    ],
)
def test_what_stands_in_another_clause_is_no_argument(text: str, word: str, name: str) -> None:
    assert name not in [mention for _, mention in roles(sentence(text), word)]


# By given parses, so that what is looked at is the frames alone.


class Given(Parser):
    """A parser that knows one sentence."""

    def __init__(self, tags: str, heads: Sequence[int], labels: str) -> None:
        self._given = Parse(tuple(tags.split()), tuple(heads), tuple(labels.split()))

    def parse(self, words: Sequence[str]) -> Parse:
        assert len(words) == len(self._given.heads)
        return self._given


def by_parse(text: str, tags: str, heads: Sequence[int], labels: str) -> Sentence:
    """A sentence with its mentions, by a parse that is given."""
    mentions = extractor().finder.find(text)
    return Analyst(CueBook(load()), Given(tags, heads, labels)).sentence(text, Span(0, len(text)), mentions)


def test_the_object_of_a_causing_verb_does_what_it_is_caused_to_do() -> None:
    s = by_parse(
        "Drugs cause MSCs to secrete VEGF",
        "NNS VBP NNS TO VB NN",
        (1, 1, 1, 4, 1, 4),
        "nsubj ROOT dobj aux xcomp dobj",
    )
    assert roles(s, "secrete") == [("agent", "MSCs"), ("theme", "VEGF")]


def test_a_relative_clause_with_a_subject_is_about_its_object() -> None:
    s = by_parse("Lupus which MSCs ease hurts", "NN WDT NNS VBP VBZ", (4, 3, 3, 0, 4), "nsubj dobj nsubj relcl ROOT")
    assert roles(s, "ease") == [("agent", "MSCs"), ("theme", "Lupus")]


def test_a_second_preposition_governs_too() -> None:
    s = by_parse("MSCs came from within fat", "NNS VBD IN IN NN", (1, 1, 1, 2, 3), "nsubj ROOT prep prep pobj")
    assert roles(s, "came") == [("agent", "MSCs"), ("p_within", "fat")]


@pytest.mark.parametrize("heads", [(0, 0, 1, 2, 3, 4, 5, 6, 7), (8, 0, 1, 2, 3, 4, 5, 6, 8)])
def test_a_long_way_down_is_not_followed(heads: tuple[int, ...]) -> None:
    """A chain of nouns, each of which hangs on the one before."""
    labels = " ".join("ROOT" if head == k else "compound" for k, head in enumerate(heads))
    s = by_parse("a b c d e f g h MSCs", " ".join(["NN"] * 9), heads, labels)
    reached = [way for frame in s.frames.values() for role in frame.roles.values() for way in role.values()]
    assert all(way.count("/") <= 3 for way in reached)


# What a sentence tells of its tokens.


def test_the_ways_of_two_tokens_meet() -> None:
    s = sentence("MSCs secrete VEGF and HGF.")
    msc, hgf = s.lowers.index("mscs"), s.lowers.index("hgf")
    found = s.path(msc, hgf)
    assert found is not None
    up, down = found
    assert (up[0], down[0]) == (msc, hgf) and up[-1] == down[-1] == s.lowers.index("secrete")
    assert s.path(msc, msc) == ([msc], [msc])


def test_ways_that_do_not_meet_are_none() -> None:
    s = by_parse("MSCs VEGF", "NN NN", (0, 1), "ROOT ROOT")
    assert s.path(0, 1) is None


def test_offsets_are_those_of_the_article() -> None:
    known = article("It rained.", "MSCs eased lupus.")
    mentions = extractor().finder.find(known.text)
    _, s = Analyst(CueBook(load())).sentences(known, mentions)
    assert [known.text[a:b] for a, b in zip(s.starts, s.ends, strict=True)] == ["MSCs", "eased", "lupus", "."]
    assert [s.words(one.first, one.last) for one in s.named] == ["MSCs", "lupus"]
    assert s.index == 1


def test_a_mention_across_the_end_of_a_sentence_is_of_none() -> None:
    known = article("These are MSCs", "eased lupus.")
    across = Mention(10, 20, ("CL:0000134",), frozenset(("cell",)))
    first, second = Analyst(CueBook(load())).sentences(known, [across])
    assert (first.named, second.named) == ((), ())


def test_a_sentence_without_words_has_no_frames() -> None:
    s = Analyst(CueBook(load())).sentence("   ", Span(0, 3), [])
    assert (s.tags, s.frames, s.named) == ((), {}, ())
