"""Reads a workbook with openpyxl, for the PythonReader beside it."""
import io

import openpyxl
from openpyxl.utils.escape import unescape


def value_of(cell):
    value = cell.value
    if isinstance(value, str):
        # openpyxl leaves the codes of characters as they are in texts that stand in the cell itself.
        value = unescape(value)
    elif hasattr(value, "isoformat"):
        value = value.isoformat(sep=" ") if hasattr(value, "hour") else value.isoformat()
    return value


def cell_of(cell):
    return {
        "type": cell.data_type,
        "value": value_of(cell),
        "format": cell.number_format,
        "quoted": bool(cell.quotePrefix),
        "bold": bool(cell.font.b),
        "wrapped": bool(cell.alignment.wrapText),
        "vertical": cell.alignment.vertical,
    }


def sheet_of(sheet):
    return {
        "name": sheet.title,
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "rightToLeft": bool(sheet.sheet_view.rightToLeft),
        "widths": [sheet.column_dimensions[key].width for key in sheet.column_dimensions],
        "rows": [[cell_of(cell) for cell in row] for row in sheet.iter_rows()],
    }


def read(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {"created": book.properties.created.isoformat(), "sheets": [sheet_of(sheet) for sheet in book.worksheets]}
