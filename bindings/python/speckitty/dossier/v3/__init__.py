"""The messages of contract 3.0.0."""

# Provides the rules of `buf.validate`, which the generated modules import.
import speckitty.dossier.v1 as _rules  # noqa: F401
