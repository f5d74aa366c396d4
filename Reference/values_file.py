"""Shared by the scripts that write small files of a format and a `values.json` of what a library reads from them."""
import argparse
import json
import pathlib
import sys
from collections.abc import Callable


def main(doc: str, folder: pathlib.Path, write: Callable[[], None], describe: Callable[[], dict]) -> None:
    """Writes the files and what they hold; with `--check` reads the committed files again and compares."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    golden = folder / "values.json"
    if parser.parse_args().check:
        same = json.loads(golden.read_text()) == describe()
        print("the golden file holds" if same else "the golden file differs")
        sys.exit(0 if same else 1)
    write()
    lines = ",\n".join(f'  "{name}": {json.dumps(entry)}' for name, entry in describe().items())
    golden.write_text("{\n" + lines + "\n}\n")
    print(f"written to {folder}")
