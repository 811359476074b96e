"""Claims that others made: `kg import`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kg import paths
from kg.cli.common import STORE, Folder, Texts, Trouble, Wrong, say


def import_(
    file: Annotated[Path, typer.Argument(help="JSON Lines, a table of claims, INDRA statements, BioC or KGX edges.")],
    store: Folder = STORE,
    method: Annotated[
        str, typer.Option(help="How they were made, where the file does not say: manual, automatic, language-model.")
    ] = "manual",
    agent: Annotated[
        str, typer.Option(help="Who or what made them, where the file does not say: a name, an ORCID or an IRI.")
    ] = "",
    only_check: Annotated[bool, typer.Option("--only-check", help="Tell what is wrong, and change nothing.")] = False,
    texts: Texts = None,
) -> None:
    """Bring claims that others made into the graph, each with the words of the text that it quotes.

    A claim joins when its article is in the store, its words stand in the text, its terms are in the ontology and the
    shapes hold; what does not is named, with every reason, and the others join. They keep who made them: `kg query
    claims --method manual`. They are kept in imported.jsonl in the folder of the store, and no build loses them.

    \b
    Examples: kg import curated.tsv --agent 0000-0002-1825-0097
              kg import statements.json --method automatic
              kg import answers.jsonl --method language-model --agent "a model, 2026-01" --only-check
    """
    from kg import vocabulary
    from kg.articles.cues import default_cues
    from kg.claim import METHODS, one_of
    from kg.exports.nanopub import creator_iri
    from kg.importing import Checker, Origin, Proposal, ProposalError, Refusal, join, read
    from kg.importing.kept import Quoted
    from kg.rdf import build_node
    from kg.store import Store
    from kg.texts import Texts as AtHand
    from kg.validation import Validator

    words = vocabulary.load()
    refused = 0

    def refuse(error: Exception) -> None:
        nonlocal refused
        refused += 1
        say(f"refused: {error}")

    try:
        if agent and agent[:4].isdecimal():
            agent = creator_iri(agent)
        origin = Origin(one_of("--method", method, METHODS), agent)
    except ValueError as error:
        raise Wrong(error) from None
    with Store.open(store, read_only=only_check) as opened:
        if not only_check and opened.ontology != words.digest:
            raise Wrong(f"{store}: it was built with another ontology; run `kg build` first")
        at_hand = AtHand([paths.DIGESTS, *(texts or [])], store)
        checker = Checker(opened, at_hand, words, Validator(words), default_cues())
        accepted = []
        try:
            proposals: list[Proposal] = list(read(file, origin, words, refuse))
        except ProposalError as error:
            raise Trouble(error) from None
        for proposal in proposals:
            try:
                accepted.append(Quoted(checker.check(proposal), proposal.quote))
            except Refusal as error:
                refuse(error)
        joined = 0 if only_check else join(opened, accepted, at_hand, words, build_node(words))
    there = "" if only_check else f", {joined:,} of them new in {store}"
    print(f"{len(accepted):,} claims pass{there}; {refused:,} are refused", file=sys.stderr)
    raise typer.Exit(1 if refused else 0)
