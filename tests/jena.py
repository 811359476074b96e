"""Apache Jena's parser, from Debian's packages."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

JARS = Path("/usr/share/java")
_NEEDED = """
jena-base jena-iri jena-core jena-arq jena-cmds commons-cli commons-codec commons-compress commons-csv commons-io
commons-lang3 dexx.collection gson guava httpclient httpcore httpclient-cache jackson-core jackson-databind
jackson-annotations jsonld-java titanium-json-ld javax.json thrift protobuf caffeine slf4j-api
slf4j-simple jcl-over-slf4j
"""


def class_path(folder: Path) -> str:
    """The class path of Jena; `folder` takes what Debian's jar lacks. Skips the test where Jena is not installed."""
    if not shutil.which("java") or not (JARS / "jena-cmds.jar").exists():
        pytest.skip("Jena is not here (Debian: default-jre-headless and libapache-jena-java)")
    # Debian's jena-core moved Xerces' classes to another package and left their messages behind.
    old = "org/apache/jena/ext/xerces/"
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(old) and name.endswith(".properties"):
                target = folder / "xerces" / name.removeprefix(old)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
    return ":".join(
        [str(folder), *(str(JARS / f"{jar}.jar") for jar in _NEEDED.split() if (JARS / f"{jar}.jar").exists())]
    )


def riot_counts(files: list[Path], folder: Path) -> list[int]:
    """The number of triples or quads that riot finds in each file. Fails where it finds an error or a warning."""
    java = ["java", "-Xmx1g", "-Dfile.encoding=UTF-8", "-cp", class_path(folder), "riotcmd.riot", "--count"]
    done = subprocess.run([*java, *map(str, files)], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"\b(WARN|ERROR)\b", done.stdout + done.stderr), done.stdout + done.stderr
    numbers = re.findall(r": (?:Triples|Quads) = ([\d,]+)", done.stdout + done.stderr)
    return [int(number.replace(",", "")) for number in numbers]
