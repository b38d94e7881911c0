from datetime import date
from pathlib import Path

import pytest

from pipelines.release import run as runs


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture
def begun(home: Path, monkeypatch):
    """begun(content, fingerprint) -> a run whose build folder holds a database with that content."""
    seconds = iter(range(100))

    def begin(content: str = "numbers", fingerprint: str = "same") -> runs.Run:
        # Ids carry the second in which a run starts; tests start many in one.
        monkeypatch.setattr(runs.secrets, "token_hex", lambda _: f"{next(seconds):04d}")
        run = runs.begin(home, home.parent / "raw", as_of=date(2024, 1, 1), fingerprint={"deliveries": fingerprint})
        (run.build / "landing").mkdir()
        (run.build / "landing" / "part.parquet").write_text("rows")
        (run.build / "techcoop.duckdb").write_text(content)
        (run.build / "docs").mkdir()
        (run.build / "docs" / "index.html").write_text(content)
        return run

    return begin
