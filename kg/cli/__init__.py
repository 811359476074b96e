"""The command line: arguments in, results out.

Results go to standard output and everything else to standard error. Exit codes: 0 where all is well, 1 where a
problem was found, 2 where the command was called wrongly.
"""

import gc
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from kg.cli.asking import explain, query, show
from kg.cli.assisting import mcp
from kg.cli.building import build
from kg.cli.checking import check, score, validate
from kg.cli.common import Trouble, Wrong, say
from kg.cli.completing import Asking
from kg.cli.curating import curate
from kg.cli.importing import import_
from kg.cli.looking import docs, serve, site
from kg.cli.taking import diff, export, fetch, push
from kg.program import release

__all__ = ["app", "main", "run"]

app = typer.Typer(
    name="kg",
    help="Build a knowledge graph of what texts claim about cell therapy, ask it questions, and show why it says so.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(build)
app.command("import")(import_)  # a word of Python
# The parameters of stored queries are options of its own.
app.command(cls=Asking, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(query)
for _command in (show, explain, validate, check, score, curate, export, diff, push, fetch, serve, site, docs, mcp):
    app.command()(_command)


def _version(asked: bool) -> None:
    if asked:
        print(f"kg {release()}")
        raise typer.Exit


@app.callback()
def _all(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


def main() -> NoReturn:
    """Run the command line, and end the process."""
    gc.set_threshold(100_000)  # what is loaded stays to the end: looking through it takes a tenth of a short command
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Errors that a user can mend are one line on standard error."""
    from kg.articles import ArticleError
    from kg.disk import brief, is_damage
    from kg.store import StoreError
    from kg.vocabulary import VocabularyError

    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except typer.Exit as ending:
        return ending.exit_code
    except (Wrong, StoreError, ArticleError) as error:
        say(error)
        return 2
    except (Trouble, VocabularyError) as error:
        say(error)
        return 1
    except BrokenPipeError:  # the reader of our output, "head" say, has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except OSError as error:  # a full disk, a file that may not be read
        say(": ".join(str(part) for part in (error.filename, brief(error)) if part))
        return 1
    except Exception as error:
        if is_damage(error):
            say(f"a part of the store is damaged, `kg check` tells which: {brief(error)}")
            return 1
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # the call itself, by Click
            error.show()  # type: ignore[attr-defined]
            return int(error.exit_code)
        raise
