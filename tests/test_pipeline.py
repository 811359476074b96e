"""The build: the same graph by whatever way, nothing done twice, nothing lost, nothing bad committed."""

import gzip
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pyoxigraph as ox
import pytest
from samples import ontology

from kg import pipeline, working
from kg.articles import ArticleError
from kg.pipeline import Progress, Summary, build
from kg.store import Store
from kg.validation import SHAPES
from kg.working import Options

SENTENCES = (
    "Mesenchymal stem cells treat multiple sclerosis.",
    "Mesenchymal stem cells may treat lupus.",
    "Stem cells secrete interleukin 10.",
    "Stem cells treat lupus.",
    "Mesenchymal stem cells do not treat lupus.",
)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    return Options(ontology(tmp_path_factory.mktemp("ontology")))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of five small texts."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for number, sentence in enumerate(SENTENCES):
        write(folder, number, sentence)
    return folder


def write(folder: Path, number: int, *sentences: str) -> Path:
    file = folder / f"text-{number}.md"
    file.write_text(f"---\ntitle: Text {number}\ndate: 2024-01-0{number + 1}\n---\n\n{' '.join(sentences)}\n")
    return file


def dump(folder: Path) -> bytes:
    output = io.BytesIO()
    with Store.open(folder, read_only=True) as store:
        store.dump(output)
    return output.getvalue()


def run(folder: Path, inputs: list[Path], options: Options, workers: int = 1, **more: bool) -> Summary:
    with Store.open(folder) as store:
        return build(
            inputs, store, options, workers=workers, strict=more.get("strict", False), prune=more.get("prune", False)
        )


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_CHUNK_ARTICLES", 1)


def test_a_build_reads_finds_and_counts(texts: Path, options: Options, tmp_path: Path) -> None:
    summary = run(tmp_path / "s", [texts], options)
    assert summary.good
    assert summary.articles == 5
    assert summary.claims == {"treats": 4, "secretes": 1}
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert store.article_ids() == [f"text-{number}" for number in range(5)]


@pytest.mark.usefixtures("small_chunks")
def test_the_same_bytes_by_every_way(texts: Path, options: Options, tmp_path: Path) -> None:
    files = sorted(texts.iterdir())
    run(tmp_path / "one", files, options)
    expected = dump(tmp_path / "one")
    run(tmp_path / "two", files[::-1], options, workers=2)
    assert dump(tmp_path / "two") == expected
    # A file at a time, one of them with another text first.
    write(texts, 1, "Stem cells treat multiple sclerosis.")
    for file in files:
        run(tmp_path / "bit by bit", [file], options)
    assert dump(tmp_path / "bit by bit") != expected
    write(texts, 1, SENTENCES[1])
    again = run(tmp_path / "bit by bit", [texts], options)
    assert (again.articles, again.unchanged) == (1, 4)
    assert dump(tmp_path / "bit by bit") == expected


def test_what_was_done_is_not_done_again(texts: Path, options: Options, tmp_path: Path) -> None:
    run(tmp_path / "s", [texts], options)
    with Store.open(tmp_path / "s", read_only=True) as store:
        generation = store.generation
    again = run(tmp_path / "s", [texts], options)
    assert (again.articles, again.unchanged) == (0, 5)
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert store.generation == generation


def test_other_options_make_other_graphs(texts: Path, options: Options, tmp_path: Path) -> None:
    run(tmp_path / "s", [texts], options)
    quoting = Options(options.ontology, quotes=True)
    assert run(tmp_path / "s", [texts], quoting).articles == 5
    assert b"do not treat lupus." in dump(tmp_path / "s")
    sure = Options(options.ontology, min_confidence=1.0)
    assert run(tmp_path / "s", [texts], sure).claims.total() == 0


def test_a_new_word_in_the_ontology_is_found_by_the_next_build(texts: Path, tmp_path: Path) -> None:
    folder = ontology(tmp_path / "ontology")
    file = write(texts, 0, "Mesenchymal stem cells gladden lupoid disease.")
    assert run(tmp_path / "s", [file], Options(folder)).claims.total() == 0
    with (folder / "stemkg.ttl").open("a") as ttl:
        ttl.write('MONDO:0007915 oboInOwl:hasExactSynonym "lupoid disease" . stemkg:treats stemkg:cue "gladden" .\n')
    # The ontology is loaded once a process: this is the next one.
    command = [sys.executable, "-m", "kg.cli", "build", str(file), "--store", str(tmp_path / "s")]
    subprocess.run([*command, "--ontology", str(folder)], check=True, capture_output=True)
    assert b"CL_0000134> <https://w3id.org/stemkg/treats> <http://purl.obolibrary.org/obo/MONDO_0007915>" in dump(
        tmp_path / "s"
    )


def test_articles_that_are_gone_are_removed_if_asked(texts: Path, options: Options, tmp_path: Path) -> None:
    run(tmp_path / "s", [texts], options)
    (texts / "text-4.md").unlink()
    assert run(tmp_path / "s", [texts], options).removed == 0
    assert run(tmp_path / "s", [texts], options, prune=True).removed == 1
    run(tmp_path / "fresh", [texts], options)
    assert dump(tmp_path / "s") == dump(tmp_path / "fresh")


def test_nothing_is_removed_where_something_could_not_be_read(texts: Path, options: Options, tmp_path: Path) -> None:
    run(tmp_path / "s", [texts], options)
    (texts / "text-4.md").write_bytes(b"")
    summary = run(tmp_path / "s", [texts], options, prune=True)
    assert summary.removed == 0 and len(summary.skipped) == 1
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert "text-4" in store.article_ids()


def test_a_bad_file_is_named_and_the_rest_built(texts: Path, options: Options, tmp_path: Path) -> None:
    (texts / "bad.xml").write_text("<PubmedArticleSet><PubmedArticle>")
    summary = run(tmp_path / "s", [texts], options)
    assert not summary.good and summary.articles == 5
    assert len(summary.skipped) == 1 and "bad.xml" in summary.skipped[0]
    # It is named again by the next build, which does nothing anew.
    again = run(tmp_path / "s", [texts], options)
    assert again.skipped == summary.skipped and again.articles == 0


def test_a_strict_build_refuses_a_bad_file(texts: Path, options: Options, tmp_path: Path) -> None:
    good = write(texts, 0, SENTENCES[0])
    run(tmp_path / "s", [good], options)
    before = dump(tmp_path / "s")
    (texts / "bad.xml").write_bytes(b"")
    summary = run(tmp_path / "s", [texts], options, strict=True)
    assert summary.refused and not summary.good
    assert dump(tmp_path / "s") == before


def test_files_of_one_name_in_two_folders_are_two_articles(texts: Path, options: Options, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other, 0, SENTENCES[3])
    summary = run(tmp_path / "s", [texts, other], options)
    assert summary.good and summary.articles == 6
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert {"text-0", "texts/text-0"} <= set(store.article_ids())


def test_an_input_that_does_not_exist_is_an_error(options: Options, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store, pytest.raises(ArticleError, match="no such file"):
        build([tmp_path / "nowhere"], store, options)


def test_a_graph_that_breaks_its_shapes_is_not_committed(texts: Path, tmp_path: Path) -> None:
    folder = ontology(tmp_path / "ontology")
    run(tmp_path / "s", [texts / "text-0.md"], Options(folder))
    before = dump(tmp_path / "s")
    # From now on, no claim may be about lupus.
    forbidden = "shape:NoLupus a sh:NodeShape ; sh:targetClass stemkg:Claim ; sh:message 'lupus is not for us' ;"
    forbidden += (
        " sh:not [ sh:property [ sh:path stemkg:object ; sh:in ( <http://purl.obolibrary.org/obo/MONDO_0007915> ) ] ] ."
    )
    (folder / "shapes.ttl").write_text(SHAPES.read_text() + forbidden)
    working.program_digest.cache_clear()
    working.worker.cache_clear()
    summary = run(tmp_path / "s", [texts], Options(folder))
    assert summary.refused
    assert {problem.article for problem in summary.problems} == {"text-1", "text-3", "text-4"}
    assert "lupus is not for us" in str(summary.problems[0])
    assert dump(tmp_path / "s") == before


def test_articles_that_stay_must_fit_a_new_ontology(texts: Path, tmp_path: Path) -> None:
    folder = ontology(tmp_path / "ontology")
    run(tmp_path / "s", [texts / "text-3.md"], Options(folder))
    before = dump(tmp_path / "s")
    changed = tmp_path / "changed"
    changed.mkdir()
    text = (folder / "stemkg.ttl").read_text().replace("MONDO:0007915 rdfs:label", "MONDO:0000002 rdfs:label")
    (changed / "stemkg.ttl").write_text(text)
    summary = run(tmp_path / "s", [texts / "text-0.md"], Options(changed))
    assert summary.refused
    assert {problem.article for problem in summary.problems if problem.article} == {"text-3"}
    assert dump(tmp_path / "s") == before


def pubmed(*articles: tuple[str, str], deleted: str = "") -> str:
    records = "".join(
        f"<PubmedArticle><MedlineCitation><PMID Version='1'>{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>"
        f"<Abstract><AbstractText>{title}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
        for pmid, title in articles
    )
    gone = f"<DeleteCitation><PMID Version='1'>{deleted}</PMID></DeleteCitation>" if deleted else ""
    return f"<?xml version='1.0'?><PubmedArticleSet>{records}{gone}</PubmedArticleSet>"


def test_later_files_of_pubmed_revise_and_delete(options: Options, tmp_path: Path) -> None:
    folder = tmp_path / "pubmed"
    folder.mkdir()
    one, two, three = (folder / f"pubmed{number}.xml.gz" for number in range(3))
    one.write_bytes(gzip.compress(pubmed(("1", SENTENCES[0]), ("2", SENTENCES[2]), ("3", SENTENCES[3])).encode()))
    two.write_bytes(gzip.compress(pubmed(("2", SENTENCES[3]), ("4", SENTENCES[0])).encode()))
    three.write_bytes(gzip.compress(pubmed(("5", SENTENCES[0]), ("3", "On the weather."), deleted="1").encode()))
    summary = run(tmp_path / "all", [folder], options)
    # The third speaks no more of cell therapy.
    assert summary.good and summary.removed == 2 and summary.passed_over == 1
    with Store.open(tmp_path / "all", read_only=True) as store:
        assert store.article_ids() == ["PMID2", "PMID4", "PMID5"]
        assert any("MONDO_0007915" in str(quad.object) for quad in store.quads("PMID2"))
    # As they come, and once more.
    for file in (one, two, three, folder, folder):
        run(tmp_path / "as they come", [file], options)
        if file == two:
            # The older file by itself changes nothing that the newer one revised.
            run(tmp_path / "as they come", [one], options)
    assert dump(tmp_path / "as they come") == dump(tmp_path / "all")


def test_progress_is_told_in_bytes_and_articles(texts: Path, options: Options) -> None:
    told: list[Progress] = []
    build([texts], Store.open(), options, workers=1, progress=told.append)
    size = sum(file.stat().st_size for file in texts.iterdir())
    assert told[-1] == Progress(size, size, 5)


def test_a_graph_is_written_by_one_thread(texts: Path, options: Options) -> None:
    # Of two threads that load into a graph in memory, each may wait for what the other holds, for good.
    writers: set[int] = set()

    def watch(_: FrameType, event: str, called: object) -> None:
        if event == "c_call" and getattr(called, "__name__", "") in ("bulk_extend", "bulk_load", "extend"):
            if isinstance(getattr(called, "__self__", None), ox.Store):
                writers.add(threading.get_ident())

    before = threading.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        build([texts], Store.open(), options, workers=1)
    finally:
        threading.setprofile(before)
        sys.setprofile(None)
    assert len(writers) == 1


def kill_after(command: list[str], seconds: float) -> bool:
    """Run a command and kill it, and all that it started, after some time; whether it was still running."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def orphans(session: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    yield int(entry.name)
            except ProcessLookupError:
                continue


def test_a_build_that_was_killed_goes_on_to_the_same_bytes(texts: Path, options: Options, tmp_path: Path) -> None:
    for number in range(5, 9):
        write(texts, number, *SENTENCES)
    run(tmp_path / "unbroken", [texts], options)
    program = (
        "import sys; from pathlib import Path; from kg import pipeline; from kg.store import Store\n"
        "from kg.working import Options\n"
        "pipeline._CHUNK_ARTICLES = 1; pipeline._STAGE_SECONDS = 0.0\n"
        "if __name__ == '__main__':\n"
        f"    options = Options(Path({str(options.ontology)!r}))\n"
        f"    with Store.open(Path({str(tmp_path / 'killed')!r})) as store:\n"
        f"        pipeline.build([{str(texts)!r}], store, options, workers=1)\n"
    )
    chance = random.Random(7)
    for _ in range(3):
        kill_after([sys.executable, "-c", program], chance.uniform(1.0, 3.0))
    run(tmp_path / "killed", [texts], options)
    assert dump(tmp_path / "killed") == dump(tmp_path / "unbroken")


def test_workers_end_when_their_parent_is_killed(texts: Path, options: Options, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, time; from pathlib import Path; from kg import pipeline; from kg.store import Store\n"
        "from kg.working import Options\n"
        "pipeline._CHUNK_ARTICLES = 1\n"
        "if __name__ == '__main__':\n"
        f"    options = Options(Path({str(options.ontology)!r}))\n"
        f"    with Store.open(Path({str(tmp_path / 's')!r})) as store:\n"
        f"        pipeline.build([{str(texts)!r}], store, options, workers=2,\n"
        "                       progress=lambda _: (print(flush=True), time.sleep(60)))\n"
    )
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout
    process.stdout.readline()
    assert len(list(orphans(process.pid))) >= 3
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while list(orphans(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not list(orphans(process.pid))


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    texts: Path, options: Options, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not here (pip install 'stemkg[dask]')")
    for number in range(5, 9):
        write(texts, number, *SENTENCES)
    run(tmp_path / "here", [texts], options)
    killed: list[int] = []

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:

        def kill_one(progress: Progress) -> None:
            if not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)

        chunk, pipeline._CHUNK_ARTICLES = pipeline._CHUNK_ARTICLES, 1
        try:
            with Store.open(tmp_path / "there") as store:
                summary = build([texts], store, options, dask=cluster.scheduler_address, progress=kill_one)
        finally:
            pipeline._CHUNK_ARTICLES = chunk
    assert summary.good and killed
    assert dump(tmp_path / "there") == dump(tmp_path / "here")


def test_the_built_in_digests_are_built_where_nothing_is_named(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store:
        summary = build([], store, workers=1)
        assert summary.good
        assert len(store.article_ids()) == 14
        assert len(summary.claims) == 13


def test_the_real_texts_are_ten_articles(shared: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "s") as store:
        summary = build([shared / "texts"], store, workers=1)
        assert summary.good
        assert len(store.article_ids()) == 10
        assert len(summary.claims) == 13
