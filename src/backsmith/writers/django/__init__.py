"""Django projects."""
