import common from './en/common.json';
import data from './en/data.json';
import errors from './en/errors.json';

/** What the start screen says, the Data step, and errors. */
export const first = { common, data, errors };
