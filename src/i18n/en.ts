import common from './en/common.json';
import customers from './en/customers.json';
import data from './en/data.json';
import errors from './en/errors.json';
import map from './en/map.json';
import quality from './en/quality.json';
import train from './en/train.json';
import trust from './en/trust.json';
import tuning from './en/tuning.json';

/** English: the language the keys are typed by. */
export const english = { common, data, train, customers, trust, errors, map, quality, tuning };
