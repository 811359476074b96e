"""What reading a file, and asking another host, may cost: named settings, each with a default.

Those of the server are in `kg.web.limits`. SECURITY.md has them all in one table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """The limits of reading: what no honest file of texts needs more of.

    A file is read in a process of its own, which is ended where it takes too much; the file is named, and the others
    are read.
    """

    seconds: int = 60  # of processor time, without another article
    memory: int = 2 << 30  # bytes that the process may take
    fold: int = 200  # how many times as long as it is a compressed file may become, all levels together
    unsuspicious: int = 16 << 20  # bytes that may come out before that is looked at
    unpacked: int = 32 << 30  # bytes that may come out of one compressed file or archive, all levels together
    members: int = 1_000_000  # files in one archive, all levels together
    nested: int = 3  # archives in archives: articles in a tar in a gzip in a zip
    line: int = 2_000_000  # characters of a line
    record: int = 50 << 20  # bytes of one record of a file that is cut into records
    number: int = 100  # digits of a number in JSON


#: The limits that all readers keep to.
READING = Reading()


@dataclass(frozen=True, slots=True)
class Asking:
    """The limits of a question to another host."""

    silence: float = 60.0  # seconds without a byte
    seconds: float = 600.0  # for the whole answer
    answer: int = 256 << 20  # bytes of an answer
