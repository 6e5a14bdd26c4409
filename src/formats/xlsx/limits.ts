/** What Excel sets: the rows of a sheet, its header among them. */
export const SHEET_ROWS = 1_048_576;
/** UTF-16 units in one cell. */
export const CELL_UNITS = 32_767;
/** Columns of a sheet. */
export const SHEET_COLUMNS = 16_384;
/** UTF-16 units in the name of a sheet. */
export const SHEET_NAME_UNITS = 31;
/** More digits are lost in the number of a cell. */
export const NUMBER_DIGITS = 15;
