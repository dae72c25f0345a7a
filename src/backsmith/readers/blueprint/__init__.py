"""The blueprint: one YAML file that describes a backend."""

from backsmith.readers.blueprint.reader import read_blueprint

__all__ = ["read_blueprint"]
