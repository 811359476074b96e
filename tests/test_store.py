"""The store: all or nothing, the same bytes by whatever way, and readers that are not disturbed."""

import contextlib
import io
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import article, claims, ontology

from kg.disk import sorted_lines
from kg.quads import article_quads
from kg.rdf import SUMMARY_GRAPH
from kg.store import Refused, Staged, Store, StoreError
from kg.vocabulary import Vocabulary

BUILD = ox.NamedNode("https://w3id.org/stemkg/build/test")


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return Vocabulary.load(ontology(tmp_path_factory.mktemp("ontology")))


def graph(id: str, disease: str = "MONDO:0005301") -> list[ox.Quad]:
    return article_quads(article(id, work=None), claims(id, disease), build=BUILD)


def staged(id: str, disease: str = "MONDO:0005301", source: str = "file", digest: str = "d") -> Staged:
    return Staged.of(id, source, digest, graph(id, disease))


def dump(store: Store) -> bytes:
    output = io.BytesIO()
    store.dump(output)
    return output.getvalue()


def built(vocabulary: Vocabulary, *ids: str, folder: Path | None = None) -> Store:
    store = Store.open(folder)
    store.begin()
    store.stage([staged(id) for id in ids])
    store.commit(vocabulary)
    return store


def counts(store: Store) -> dict[str, str]:
    """For each subject's finding about treating, in how many articles it is."""
    rows = store.query(
        "SELECT ?disease ?articles { ?f a stemkg:Finding ; stemkg:relation stemkg:treats ;"
        " stemkg:disease ?disease ; stemkg:articles ?articles }"
    )
    assert isinstance(rows, ox.QuerySolutions)
    return {row["disease"].value[-4:]: row["articles"].value for row in rows}


def test_a_committed_article_is_there_for_the_next_to_open(vocabulary: Vocabulary, tmp_path: Path) -> None:
    built(vocabulary, "a", "b#1", folder=tmp_path / "s").close()
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert store.article_ids() == ["a", "b#1"]
        assert set(store.quads("b#1")) == set(graph("b#1"))
        assert counts(store) == {"5301": "2"}


def test_an_article_is_replaced_as_a_whole_and_the_summary_follows(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with built(vocabulary, "a", "b", folder=tmp_path / "s") as store:
        store.replace("b", graph("b", "MONDO:0007915"))
        assert set(store.quads("b")) == set(graph("b", "MONDO:0007915"))
        assert counts(store) == {"5301": "1", "7915": "1"}
        store.remove("b")
        assert dump(store) == dump(built(vocabulary, "a"))


IDS = st.sampled_from(["a", "b", "c#1"])
DISEASES = st.sampled_from(["MONDO:0005301", "MONDO:0007915"])


@given(st.lists(st.tuples(IDS, DISEASES | st.none()), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_the_way_to_a_graph_does_not_show(vocabulary: Vocabulary, steps: list[tuple[str, str | None]]) -> None:
    one_by_one = built(vocabulary)
    for id, disease in steps:
        if disease:
            one_by_one.replace(id, graph(id, disease))
        else:
            one_by_one.remove(id)
    at_once = Store.open()
    at_once.begin()
    at_once.stage([staged(id, disease) for id, disease in reversed(dict(steps).items()) if disease])
    at_once.commit(vocabulary)
    assert dump(one_by_one) == dump(at_once)


def test_memory_and_disk_give_the_same_bytes(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with built(vocabulary, "a", "b", folder=tmp_path / "s") as store:
        assert dump(store) == dump(built(vocabulary, "b", "a"))


def test_articles_are_counted(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with built(vocabulary, "a", "b", "c", folder=tmp_path / "s") as store:
        store.remove("b")
        assert store.article_count() == len(store.article_ids()) == 2
        with Store.open(tmp_path / "s", read_only=True) as reader:
            assert reader.article_count() == 2
    assert built(vocabulary, "a").article_count() == 1


def test_a_large_load_gives_the_same_bytes(
    vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = dump(built(vocabulary, "a", "b", "c"))
    monkeypatch.setattr("kg.store.commit.FEW", 0)
    monkeypatch.setattr("kg.loading.FEW", 0)
    monkeypatch.setattr("kg.store.commit._MANY", 1)
    monkeypatch.setattr("kg.loading._AT_ONCE", 1)
    with built(vocabulary, "a", "b", folder=tmp_path / "s") as store:
        store.replace("c", graph("c"))
        assert dump(store) == expected


STEPS = st.lists(st.tuples(IDS, DISEASES | st.none()), max_size=5)


@given(st.lists(STEPS, min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_what_is_loaded_ahead_does_not_show(vocabulary: Vocabulary, rounds: list[list[tuple[str, str | None]]]) -> None:
    """Articles that come, come again otherwise, or turn out to be of no use, in several rounds."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.loading._AHEAD_AT_ONCE", 0)
        with Store.open(Path(folder) / "s") as disk, Store.open() as memory:
            for steps in rounds:
                for store in (disk, memory):
                    store.begin()
                    for id, disease in steps:
                        if disease:
                            store.stage([staged(id, disease)])
                        else:
                            store.ledger.unsee(id)
                    store.commit(vocabulary)
                assert dump(disk) == dump(memory)


def test_a_round_that_is_given_up_leaves_nothing(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch, built(vocabulary, "a", folder=tmp_path / "s") as store:
        patch.setattr("kg.loading._AHEAD_AT_ONCE", 0)
        before = dump(store)
        store.begin()
        store.stage([staged("b")])
        assert (tmp_path / "s" / "graph-2").is_dir()
        store.begin()
        assert not (tmp_path / "s" / "graph-2").exists()
        store.commit(vocabulary)
        assert dump(store) == before


def test_a_dump_is_sorted_lines_each_once(vocabulary: Vocabulary) -> None:
    store = built(vocabulary, "a")
    lines = dump(store).splitlines()
    assert lines == sorted(set(lines)) and len(lines) == len(store.graph)


@given(st.lists(st.text("ab\u00e9", min_size=1)))
def test_lines_are_sorted_by_their_bytes(lines: list[str]) -> None:
    data = [line.encode() + b"\n" for line in lines]
    assert list(sorted_lines(io.BytesIO(b"".join(data)))) == sorted(data)


def test_lines_are_sorted_though_they_do_not_fit_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.disk._SORTED_AT_ONCE", 100)
    data = [b"%d\n" % (number * 7919 % 1000) for number in range(1000)]
    assert list(sorted_lines(io.BytesIO(b"".join(data)))) == sorted(data)


def test_a_refused_commit_leaves_the_store_as_it_was(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with built(vocabulary, "a", folder=tmp_path / "s") as store:
        before = dump(store)
        seen = []

        def judge(graph: Store) -> bool:
            seen.extend(graph.article_ids())
            return False

        store.begin()
        store.stage([staged("b")])
        with pytest.raises(Refused):
            store.commit(vocabulary, judge)
        assert seen == ["a", "b"]
        assert dump(store) == before
    with Store.open(tmp_path / "s") as again:
        assert dump(again) == before
        # What was staged is still there, and is committed by the round that comes upon it.
        assert again.ledger.known("b") == ("file", "d")
        again.begin()
        again.ledger.see(["b"])
        again.commit(vocabulary)
        assert again.article_ids() == ["a", "b"]


def test_what_a_round_did_not_come_upon_is_not_committed(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store:
        store.begin()
        store.stage([staged("left behind")])
        store.begin()
        store.stage([staged("a")])
        store.commit(vocabulary)
        assert store.article_ids() == ["a"]


def test_a_reader_keeps_the_graph_that_it_opened(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with built(vocabulary, "a", folder=tmp_path / "s") as writer, Store.open(tmp_path / "s", read_only=True) as reader:
        before = dump(reader)
        writer.replace("b", graph("b"))
        assert dump(reader) == before
        with Store.open(tmp_path / "s", read_only=True) as later:
            assert later.article_ids() == ["a", "b"]
            assert later.generation == reader.generation + 1


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s"), pytest.raises(StoreError, match="another process"):
        Store.open(tmp_path / "s")


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(StoreError, match="other things"):
        Store.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_there_is_nothing_to_read_before_a_commit(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no graph here yet"):
        Store.open(tmp_path / "s", read_only=True)
    Store.open(tmp_path / "s").close()
    with pytest.raises(StoreError, match="no graph here yet"):
        Store.open(tmp_path / "s", read_only=True)


def test_a_new_ontology_renews_what_follows_from_it(vocabulary: Vocabulary, tmp_path: Path) -> None:
    folder = ontology(tmp_path)
    text = (folder / "stemkg.ttl").read_text()
    (folder / "stemkg.ttl").write_text(text.replace("stemkg:weight 0.80", "stemkg:weight 0.70"))
    heavier = Vocabulary.load(folder)
    store = built(vocabulary, "a")
    store.begin()
    store.commit(heavier)
    assert store.ontology == heavier.digest
    assert dump(store) == dump(built(heavier, "a"))


def test_without_an_ontology_there_is_no_summary() -> None:
    store = Store.open()
    store.replace("a", graph("a"))
    assert store.article_ids() == ["a"]
    assert not any(store.graph.quads_for_pattern(None, None, None, SUMMARY_GRAPH))


def test_a_source_is_visited_again_only_if_it_changed(vocabulary: Vocabulary) -> None:
    store = Store.open()
    store.begin()
    assert store.ledger.visit("file", "1") is None
    store.stage([staged("a"), staged("b")], {"file": "1"})
    store.commit(vocabulary)
    store.begin()
    assert store.ledger.visit("file", "1") == 2
    assert store.ledger.visit("file", "2") is None


def test_a_source_has_its_say_again_after_one_before_it_had(vocabulary: Vocabulary) -> None:
    store = Store.open()
    store.begin()
    store.ledger.visit("later", "1")
    store.stage([staged("a", source="later")], {"later": "1"})
    store.commit(vocabulary)
    store.begin()
    store.ledger.visit("earlier", "1")
    store.stage([staged("a", source="earlier")], {"earlier": "1"})
    assert store.ledger.visit("later", "1") is None
    # The other way round it had its say already.
    store.stage([staged("a", source="later")], {"later": "1"})
    assert store.ledger.visit("earlier", "1") == 0


def test_a_store_killed_at_its_commit_is_as_it_was_or_as_it_was_to_be(vocabulary: Vocabulary, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    built(vocabulary, "a", folder=folder).close()
    before, after = (dump(built(vocabulary, *ids)) for ids in (("a",), ("a", "b")))
    ontology(tmp_path / "o")
    # The judge is called when all is written and nothing yet committed.
    program = textwrap.dedent(f"""
        import os, signal, sys
        from pathlib import Path
        from kg.store import Store
        from kg.vocabulary import Vocabulary
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_store import staged
        store = Store.open(Path({str(folder)!r}))
        store.begin()
        store.stage([staged("b")])
        vocabulary = Vocabulary.load(Path({str(tmp_path / "o")!r}))
        store.commit(vocabulary, lambda graph: os.kill(os.getpid(), signal.SIGKILL))
        """)
    ended = subprocess.run([sys.executable, "-c", program], env={**os.environ}, check=False)
    assert ended.returncode == -signal.SIGKILL
    with Store.open(folder, read_only=True) as store:
        assert dump(store) == before
    with Store.open(folder) as store:
        store.begin()
        store.ledger.see(["b"])
        store.commit(vocabulary)
        assert dump(store) == after
        assert len(list(folder.glob("graph-*"))) == 1


def test_a_store_of_an_older_version_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE meta SET value = '1' WHERE name = 'form'")
    with pytest.raises(StoreError, match="another version"):
        Store.open(tmp_path)


def test_a_graph_of_an_older_version_is_not_read(vocabulary: Vocabulary, tmp_path: Path) -> None:
    built(vocabulary, "a", folder=tmp_path / "s").close()
    present = tmp_path / "s" / "present"
    present.write_text(" ".join(present.read_text().split()[:2]) + "\n")
    with pytest.raises(StoreError, match="another version"):
        Store.open(tmp_path / "s", read_only=True)


def test_topics_come_and_go_with_their_findings(vocabulary: Vocabulary, tmp_path: Path) -> None:
    def topics(store: Store) -> set[str]:
        rows = store.query("SELECT DISTINCT ?term { ?topic a stemkg:Topic ; stemkg:topicTerm ?term }")
        assert isinstance(rows, ox.QuerySolutions)
        return {row["term"].value for row in rows}

    with built(vocabulary, "a", "b", folder=tmp_path / "s") as store:
        before = topics(store)
        store.replace("b", graph("b", "MONDO:0007915"))
        assert {term[-4:] for term in topics(store) - before} == {"7915"}
        store.remove("b")
        assert topics(store) == before
        store.remove("a")
        assert topics(store) == set()
