"""Has the query editor in every wheel: what the wheel's build asks before it packs anything (a hook of Hatchling).

Where scripts/build-web was not run and npm is there, it is run. Where npm is not there either, the build fails, unless
STEMKG_WITHOUT_EDITOR=1 asks for a wheel whose pages have a plain text field in the editor's place. A source package
and an installation that can be edited need no editor.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EDITOR = Path("kg/web/static/vendor/editor.js")


class EditorHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """What Hatchling calls before it makes a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the editor, or say why there is none. Raises `SystemExit`."""
        root = Path(self.root)
        if version == "editable" or (root / EDITOR).is_file():
            return
        if os.environ.get("STEMKG_WITHOUT_EDITOR") == "1":
            self.app.display_warning("a wheel without the query editor, as STEMKG_WITHOUT_EDITOR=1 asks")
            return
        if shutil.which("npm"):
            self.app.display_info("building the query editor (scripts/build-web)")
            subprocess.run([root / "scripts" / "build-web"], check=False)
        if not (root / EDITOR).is_file():
            raise SystemExit(
                f"the wheel needs the query editor, and {EDITOR} is not there: run scripts/build-web (it needs Node.js"
                " and npm), or set STEMKG_WITHOUT_EDITOR=1 for a wheel whose pages have a plain text field instead"
            )
