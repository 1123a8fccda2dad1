"""Set-up and checks of the project, each runnable as `python -m tools.<name>`.

`environment`, `stamps` and `debian` use the standard library alone: they run before the environment exists.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
