"""Reads CSV files, and prints the rows of each by its path as JSON."""
import csv
import json
import sys

csv.field_size_limit(1 << 30)
tables = {}
for path in sys.argv[1:]:
    with open(path, newline="", encoding="utf-8") as file:
        tables[path] = list(csv.reader(file))
json.dump(tables, sys.stdout)
