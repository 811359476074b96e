"""Which graph of which store is meant."""

from pathlib import Path
from typing import NamedTuple

from kg.disk import write_whole

#: The form of a store's graph and ledger. It changes with what queries, pages or builds need to find there.
FORM = "2"


class StoreError(Exception):
    """A store that can't be opened, read or written. The message says which and why."""


def of_another(folder: Path) -> StoreError:
    """What is told of a store of another form."""
    return StoreError(f"{folder}: another version of StemKG made this store; build into a new folder")


class Version(NamedTuple):
    """Which graph a store's readers see: how many commits it has had, and which store it is.

    A store that is removed and built anew has another identity, though the same generations.
    """

    generation: int
    identity: str

    @classmethod
    def read(cls, folder: Path) -> "Version":
        """The version of the store in a folder. Raises `StoreError`."""
        try:
            generation, identity, form, *_ = (*(folder / "present").read_text("ascii").split(), "", "", "")
            version = cls(int(generation), identity)
        except FileNotFoundError:
            raise StoreError(f"{folder}: no graph here yet; `kg build` makes one") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{folder / 'present'}: {error}; `kg check` tells more") from None
        if form != FORM:
            raise of_another(folder)
        return version

    def write(self, folder: Path) -> None:
        """Have readers of the store in a folder open this graph."""
        write_whole(folder / "present", f"{self} {FORM}\n".encode())

    def __str__(self) -> str:
        return f"{self.generation} {self.identity}"

    def graph(self, folder: Path) -> Path:
        """The folder of its graph."""
        return folder / f"graph-{self.generation}"
