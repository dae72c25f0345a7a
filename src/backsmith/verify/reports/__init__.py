"""A verdict as text: JSON for tools, JUnit for CI, one page of HTML for people. Values in, text out."""

from backsmith.verify.reports.html import html
from backsmith.verify.reports.json import json
from backsmith.verify.reports.junit import junit

__all__ = ["html", "json", "junit"]
