"""Evaluates expressions as a written project would: run by an interpreter that has Django, in the project's folder.

Reads pickles from standard input and answers each with a pickle: first {model: [values of a row]} to be stored, then
(imports, condition, value, model, caller) about every row of the model, answered with ({ids}, {id: value}) or with the
text of an error.
"""

import importlib
import os
import pickle
import sys
import traceback
from pathlib import Path
from typing import Any


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django: Any = importlib.import_module("django")
    django.setup()
    apps: Any = importlib.import_module("django.apps").apps
    db: Any = importlib.import_module("django.db")
    caller: Any = importlib.import_module("apps.core.caller").Caller
    rows: dict[str, list[dict[str, Any]]] = pickle.load(sys.stdin.buffer)
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    for label, values in rows.items():
        for row in values:
            apps.get_model(label).objects.create(**row)
    answer("ready")
    while True:
        try:
            imports, condition, value, label, asking = pickle.load(sys.stdin.buffer)
        except EOFError:
            break
        try:
            answer(evaluated(imports, condition, value, apps.get_model(label), caller(**asking)))
        except Exception:
            db.connection.close()
            answer(traceback.format_exc())


def evaluated(imports: list[str], condition: str, value: str, model: Any, caller: Any) -> Any:
    names: dict[str, Any] = {}
    exec("\n".join([*imports, f"def condition(caller): return {condition or 'None'}"]), names)
    exec(f"def value(caller): return {value}", names)
    asked, worked = names["condition"](caller), names["value"](caller)
    held = None if asked is None else set(model.objects.filter(asked).values_list("pk", flat=True))
    return held, dict(model.objects.annotate(_found=worked).values_list("pk", "_found"))


def answer(value: object) -> None:
    pickle.dump(value, sys.stdout.buffer)
    sys.stdout.buffer.flush()


main()
