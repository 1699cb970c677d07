"""What a case is: model, taxonomy, reading and writing of case files, lint, catalogue, citation.

``kb`` knows none of the other packages; only its command line starts them, inside each command.
"""
