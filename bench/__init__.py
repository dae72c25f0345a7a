"""Measures a written shop beside peers that do the same work: what a request costs its server, round by round."""
