import common from './zh-CN/common.json';
import data from './zh-CN/data.json';
import errors from './zh-CN/errors.json';

/** What the start screen says, the Data step, and errors. */
export const first = { common, data, errors };
