"""The shop that is measured, written anew from `shop.yaml` for both frameworks."""

import shutil
from dataclasses import replace

import backsmith
from backsmith.design.model import Framework
from backsmith.project.files import put
from bench.places import BENCH, DJANGO_SHOP, SHOP


def write() -> None:
    """Write both shops. Raises SystemExit where the blueprint has mistakes."""
    result = backsmith.read((BENCH / "shop.yaml").read_bytes(), "shop.yaml")
    if result.design is None:
        raise SystemExit("\n".join(each.message for each in result.diagnostics))
    for framework, shop in {Framework.FASTAPI: SHOP, Framework.DJANGO: DJANGO_SHOP}.items():
        shutil.rmtree(shop, ignore_errors=True)
        put(backsmith.write(replace(result.design, framework=framework)), shop)
