"""How many golden files and cases there are, folder by folder, so that none goes missing unnoticed.

    python3 Reference/manifest.py            writes Tests/Goldens/manifest.json
    python3 Reference/manifest.py --check    says whether it still is true

Needs nothing but Python 3.8. Run it after any script that adds or removes golden files.

A case is a `.safetensors` file or an entry of a `.json` file; in folders that hold neither, a file name without its
ending.
"""

import json
import sys
from pathlib import Path

GOLDENS = Path(__file__).resolve().parent.parent / "Tests" / "Goldens"
MANIFEST = GOLDENS / "manifest.json"


def cases(files):
    """The number of cases in the files of a folder."""
    tensors = sum(file.suffix == ".safetensors" for file in files)
    entries = sum(len(json.loads(file.read_text("utf-8"))) for file in files if file.suffix == ".json")
    return tensors + entries or len({file.name.split(".")[0] for file in files})


def counts(folder):
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {"files": len(files), "cases": cases(files)}


def main():
    folders = {folder.name: counts(folder) for folder in sorted(GOLDENS.iterdir()) if folder.is_dir()}
    text = json.dumps(folders, indent=2, sort_keys=True) + "\n"
    if sys.argv[1:] == ["--check"]:
        if not MANIFEST.exists() or MANIFEST.read_text("utf-8") != text:
            found = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.exists() else {}
            for name in sorted(folders.keys() | found.keys()):
                if folders.get(name) != found.get(name):
                    print(f"manifest: {name}: expected {found.get(name)}; found {folders.get(name)}.", file=sys.stderr)
            sys.exit("manifest: bring back what is missing, or run python3 Reference/manifest.py.")
        print(f"manifest: {len(folders)} folders hold what it says")
    elif sys.argv[1:]:
        sys.exit(f"manifest: expected nothing or --check; found {' '.join(sys.argv[1:])}.")
    else:
        MANIFEST.write_text(text, "utf-8")
        print(f"manifest: {MANIFEST}")


if __name__ == "__main__":
    main()
