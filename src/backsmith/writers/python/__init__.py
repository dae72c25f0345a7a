"""What every writer of Python prints with: code with its imports, pages from templates, formatting, pins."""
