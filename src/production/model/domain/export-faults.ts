import type { ExportFailure } from '../../../export';

/** The storage did not accept the file. */
export const NOT_STORED: ExportFailure = {
  code: 'file-not-stored',
  reason: 'The file was made but could not be stored. Please try again later.',
};

/** Anything else that is not the fault of the request. */
export const NOT_PRODUCED: ExportFailure = {
  code: 'file-not-produced',
  reason: 'The file could not be created because of a fault on our side. Please try again later.',
};
