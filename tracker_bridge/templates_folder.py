"""Where the documents and pages lie: inside the installed package, or beside it in the source tree."""

from pathlib import Path


def templates_folder() -> Path:
    """Return the folder of the templates. The wheel ships it as ``tracker_bridge/templates``."""
    package = Path(__file__).resolve().parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
