"""The language room: tokens, tags and the parse."""

import gzip
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extraction.language import weights
from kg.extraction.language.features import normal, shape
from kg.extraction.language.parser import Parse, Parser
from kg.extraction.language.state import State
from kg.extraction.language.tokens import fold, tokenize


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser.load()


# --- tokens


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("IL-10 and TNF-α rose.", "IL-10 | and | TNF-α | rose | ."),
        ("TGF-beta1-induced scars", "TGF-beta1 | - | induced | scars"),
        ("bone marrow-derived cells", "bone | marrow | - | derived | cells"),
        ("IL-10-producing B cells", "IL-10 | - | producing | B | cells"),
        ("CD34+ and CD4+CD25+ cells", "CD34+ | and | CD4+CD25+ | cells"),
        ("CD45− or CD45- cells", "CD45− | or | CD45- | cells"),
        ("PD-L1, HLA-A and miR-21-5p", "PD-L1 | , | HLA-A | and | miR-21-5p"),
        ("2×10^6 cells/kg, 10(6) in all", "2 | × | 10^6 | cells | / | kg | , | 10(6) | in | all"),
        ("95% of 1,250 (0.5 mg)", "95 | % | of | 1,250 | ( | 0.5 | mg | )"),
        ("10mg, 60–80 and 60-80", "10 | mg | , | 60 | – | 80 | and | 60 | - | 80"),
        ("p<0.05; n=12", "p | < | 0.05 | ; | n | = | 12"),
        ("a 12-week trial", "a | 12 | - | week | trial"),
        ("2- and 3-year survival", "2 | - | and | 3 | - | year | survival"),
        ("don't, cannot, can’t", "do | n't | , | can | not | , | ca | n’t"),
        ("Crohn's and the patients’ cells", "Crohn | 's | and | the | patients | ’ | cells"),
        ("mice vs. rats, e.g. in the U.S. trial", "mice | vs. | rats | , | e.g. | in | the | U.S. | trial"),
        ("in MS. Next", "in | MS | . | Next"),
        ("and/or", "and | / | or"),
        ("see https://example.org/a_b(c).", "see | https://example.org/a_b(c | ) | ."),
        ("Na+/K+ pumps", "Na+ | / | K+ | pumps"),
        ("cells...", "cells | ..."),
        ("naïve T-cells", "naïve | T | - | cells"),
        ("di\u00adabetes caf\u0065\u0301s", "di\u00adabetes | caf\u0065\u0301s"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_text_is_cut_as_treebanks_cut_it(text: str, cut: str) -> None:
    assert " | ".join(words(text)) == cut


@settings(deadline=None)
@given(st.text())
def test_every_character_is_in_one_token(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == "".join(text.split())
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(one.end <= other.start for one, other in pairwise(tokens))


@settings(deadline=None)
@given(st.text(alphabet="aZ9-+.,%/'’αβ() ", max_size=30), st.integers(0, 10), st.integers(0, 30))
def test_a_stretch_has_offsets_in_the_whole(text: str, start: int, end: int) -> None:
    for token in tokenize(text, start, end):
        assert start <= token.start < token.end <= end
        assert text[token.start : token.end] == token.text


def test_what_nobody_sees_is_no_part_of_the_lower_form() -> None:
    assert [token.lower for token in tokenize("Stem\u200b Cells’")] == ["stem", "cells", "'"]
    assert fold("CD45−") == "cd45-"


def test_forms_stand_for_many_words() -> None:
    assert normal("IL-10") == normal("IL-17") == "il-00"
    assert normal("3.5") == normal("1,250") == "0"
    assert [shape(word) for word in ("TNF-α", "mRNA", "B", "RNA", "10^6")] == ["X-x", "xX", "X", "XX", "d^d"]


# --- the parse


def parsed(known: bool) -> list[tuple[str, list[tuple[str, ...]]]]:
    """The sentences of data/parses.txt with their links: those that the parser knows, or those under "not yet"."""
    parts = (Path(__file__).parent / "data" / "parses.txt").read_text(encoding="utf-8").partition("# not yet")
    found: list[tuple[str, list[tuple[str, ...]]]] = []
    for line in parts[0 if known else 2].partition("\n")[2].splitlines():
        if line.startswith("  "):
            found[-1][1].append(tuple(line.split()))
        elif line and not line.startswith("#"):
            found.append((line, []))
    return found


PARSED = parsed(known=True)
HARD = parsed(known=False)


def links(parser: Parser, sentence: str) -> set[tuple[str, ...]]:
    """The links of a sentence, words that stand twice told by their place."""
    cut = words(sentence)
    names = [word if (n := cut[:k].count(word)) == 0 else f"{word}#{n + 1}" for k, word in enumerate(cut)]
    parse = parser.parse(cut)
    return {(names[k], parse.labels[k], names[head]) for k, head in enumerate(parse.heads)}


@pytest.mark.parametrize(("sentence", "told"), PARSED, ids=[sentence for sentence, _ in PARSED])
def test_a_sentence_has_its_links(parser: Parser, sentence: str, told: list[tuple[str, ...]]) -> None:
    found = links(parser, sentence)
    assert [link for link in told if link not in found] == []


@pytest.mark.xfail(reason="not learned yet", strict=False)
@pytest.mark.parametrize(("sentence", "told"), HARD, ids=[sentence for sentence, _ in HARD])
def test_a_hard_sentence_has_its_links(parser: Parser, sentence: str, told: list[tuple[str, ...]]) -> None:
    assert set(told) <= links(parser, sentence)


def test_tags(parser: Parser) -> None:
    sentence = "The cells, which had been injected, quickly reduced 95% of the patients' pain and can't do harm."
    tags = "DT NNS , WDT VBD VBN VBN , RB VBD CD NN IN DT NNS POS NN CC MD RB VB NN ."
    assert " ".join(parser.parse(words(sentence)).tags) == tags


def test_a_word_is_tagged_by_what_is_around_it(parser: Parser) -> None:
    noun = parser.parse(words("The increase was large."))
    verb = parser.parse(words("These cells increase survival."))
    assert noun.tags[1] == "NN"
    assert verb.tags[2] == "VBP"


def whole(parse: Parse, n: int) -> bool:
    """Whether a parse is one tree over n words without crossing links."""
    if not len(parse.tags) == len(parse.heads) == len(parse.labels) == n:
        return False
    roots = [k for k, head in enumerate(parse.heads) if head == k]
    if len(roots) != 1 or parse.labels[roots[0]] != "ROOT":
        return False
    for k in range(n):
        seen = set()
        while parse.heads[k] != k:
            if k in seen:
                return False
            seen.add(k)
            k = parse.heads[k]
    spans = [(min(k, head), max(k, head)) for k, head in enumerate(parse.heads)]
    return not any(a < c < b < d for a, b in spans for c, d in spans)


@settings(deadline=None)
@given(st.lists(st.text(min_size=0, max_size=6), max_size=12))
def test_any_words_make_one_tree(words: list[str]) -> None:
    parse = Parser.load().parse(words)
    assert whole(parse, len(words)) if words else parse == Parse((), (), ())


COMMON = (*"the cells of and not to secrete which was by IL-10 MSCs".split(), "5", ",", ".", ")", "-")  # noqa: SIM905


@settings(deadline=None)
@given(st.lists(st.sampled_from(COMMON), min_size=1))
def test_any_order_of_common_words_makes_one_tree(words: list[str]) -> None:
    assert whole(Parser.load().parse(words), len(words))


def test_one_word(parser: Parser) -> None:
    assert parser.parse(["Results"]) == Parse(("NNS",), (0,), ("ROOT",))


def test_the_same_words_have_the_same_parse_whatever_was_read_before(parser: Parser) -> None:
    sentences = [words(sentence) for sentence, _ in PARSED]
    once = [parser.parse(sentence) for sentence in sentences]
    order = list(range(len(sentences)))
    random.Random(1).shuffle(order)
    fresh = Parser(weights.read())
    assert {k: fresh.parse(sentences[k]) for k in order} == dict(enumerate(once))


def test_threads_share_a_parser() -> None:
    fresh = Parser(weights.read())
    sentences = [words(sentence) for sentence, _ in PARSED] * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(fresh.parse, sentences))
    alone = Parser(weights.read())
    assert together == [alone.parse(sentence) for sentence in sentences]


def test_a_sentence_of_ten_thousand_words_takes_two_moves_a_word(
    parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = 0

    def counted(move: str) -> None:
        original = getattr(State, move)

        def count(self: State, *arguments: int) -> None:
            nonlocal moves
            moves += 1
            original(self, *arguments)

        monkeypatch.setattr(State, move, count)

    for move in ("shift", "reduce_left", "reduce_right"):
        counted(move)
    text = ["the", "treated", "cells", "reduced", "pain", "and", "secreted", "IL-10", "in", "mice", ","] * 910
    parse = parser.parse(text)
    assert len(text) > 10_000
    assert len(parse.heads) == len(text)
    assert moves == 2 * len(text) - 1


# --- the weights


def test_weights_are_written_as_they_are_read(tmp_path: Path) -> None:
    learned = weights.read()
    weights.write(learned, tmp_path / "again.bin.gz")
    assert (tmp_path / "again.bin.gz").read_bytes() == weights.FILE.read_bytes()


def test_weights_tell_what_they_were_trained_on() -> None:
    learned = weights.read()
    assert learned.trained_on
    assert all(len(checksum) == 64 for checksum in learned.trained_on.values())


# Named by hand: gzip writes the second in which it packs, and workers must collect tests of one name.
NO_WEIGHTS = {
    "empty": b"",
    "no archive": b"no archive",
    "no parts": gzip.compress(b"{}\n"),
    "no JSON": gzip.compress(b"none"),
}


@pytest.mark.parametrize("content", NO_WEIGHTS.values(), ids=NO_WEIGHTS)
def test_what_is_no_file_of_weights_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.bin.gz"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"bad\.bin\.gz"):
        Parser.load(file)


def test_rows_add_up_exactly() -> None:
    table = weights.Table(3, {1: bytes([0, 127, 2, 256 - 127]), 2: bytes([0, 256 - 7]), 3: bytes([1, 5])})
    zero = table.scores(0)
    scores = table.scores(table.sum([1, 2, 3, 4]))
    assert [score - base for score, base in zip(scores, zero, strict=True)] == [120, 5, -127]


# --- the training


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules of scripts/ can be imported."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "scripts"))


@pytest.mark.usefixtures("scripts")
def test_the_grammar_makes_trees() -> None:
    import language_grammar  # type: ignore[import-not-found]

    made = list(language_grammar.sentences(300))
    assert made == list(language_grammar.sentences(300))
    for sentence in made:
        parse = Parse(tuple(sentence["tags"]), tuple(sentence["heads"]), tuple(sentence["labels"]))
        assert whole(parse, len(sentence["words"])), sentence


@pytest.mark.usefixtures("scripts")
def test_the_same_data_give_the_same_weights(tmp_path: Path) -> None:
    """Trained on a few sentences, the parser knows them."""
    import language_grammar
    import language_training as training  # type: ignore[import-not-found]

    made = [
        training.Sentence(*(tuple(sentence[key]) for key in ("words", "tags", "heads", "labels")))
        for sentence in language_grammar.sentences(60)
    ]
    files = []
    for name in ("one", "other"):
        *_, learned = training.train(made, {"made": "0" * 64}, epochs=4, tag_epochs=4)
        weights.write(learned, tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    figures = dict(training.score(Parser.load(tmp_path / "one"), made))
    assert figures["tags"] > 0.9
    assert figures["LAS"] > 0.6
