"""Writes Django projects, on Django REST framework."""
