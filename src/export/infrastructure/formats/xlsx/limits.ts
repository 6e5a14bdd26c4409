import { Sql } from '../../../../platform/postgres/sql';

/** What Excel sets: the rows of a sheet, its header among them. */
export const SHEET_ROWS = 1_048_576;
/** UTF-16 units in one cell. */
export const CELL_UNITS = Sql.integer(32_767);
/** UTF-16 units in the name of a sheet. */
export const SHEET_NAME_UNITS = 31;
/** More digits are lost in the number of a cell. */
export const NUMBER_DIGITS = 15;
