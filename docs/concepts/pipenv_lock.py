"""pipenv: what somebody asks for stands in Pipfile, what everybody gets stands in Pipfile.lock."""

import hashlib
import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    asked = tomllib.loads((ROOT / "Pipfile").read_text("utf-8"))
    lock = json.loads((ROOT / "Pipfile.lock").read_text("utf-8"))
    locked = lock["default"]

    print("asked for:", "flask", asked["packages"]["flask"])  # 3.1 or newer, but not 4
    one_version = all(entry["version"].startswith("==") for entry in locked.values())
    print("each package is locked to one version:", one_version)
    assert one_version

    # Nobody asked for Werkzeug. It comes because Flask needs it, and is pinned as firmly.
    print("werkzeug asked for:", "werkzeug" in asked["packages"], "| locked:", "werkzeug" in locked)
    assert "werkzeug" in locked
    assert "werkzeug" not in asked["packages"]

    # The hash of every file: a package that was changed on its way, or on its server, is not installed.
    hashed = all(digest.startswith("sha256:") for entry in locked.values() for digest in entry["hashes"])
    print("with the hash of each file:", hashed)
    assert hashed

    # Tools are locked too, in a part of their own; a server installs only the first.
    print("pytest for the server:", "pytest" in locked, "| for us:", "pytest" in lock["develop"])
    assert "pytest" not in locked
    assert "pytest" in lock["develop"]

    # `pipenv verify`: was Pipfile edited after the lock was made? The lock keeps a hash of what it was made from.
    parts = {
        "_meta": {"sources": asked["source"], "requires": asked.get("requires", {})},
        "default": asked["packages"],
        "develop": asked["dev-packages"],
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    print("the lock belongs to this Pipfile:", digest == lock["_meta"]["hash"]["sha256"])
    assert digest == lock["_meta"]["hash"]["sha256"]


if __name__ == "__main__":
    main()
