"""The shop that is measured, written anew from `shop.yaml`."""

import shutil

import backsmith
from backsmith.project.files import put
from bench.places import BENCH, SHOP


def write() -> None:
    """Write the shop. Raises SystemExit where its blueprint has mistakes."""
    result = backsmith.read((BENCH / "shop.yaml").read_bytes(), "shop.yaml")
    if result.design is None:
        raise SystemExit("\n".join(each.message for each in result.diagnostics))
    shutil.rmtree(SHOP, ignore_errors=True)
    put(backsmith.write(result.design), SHOP)
