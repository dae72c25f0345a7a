"""One design on two frameworks: every request that the judge makes of the one is made of the other, and compared."""
