import common from './zh-CN/common.json';
import customers from './zh-CN/customers.json';
import data from './zh-CN/data.json';
import errors from './zh-CN/errors.json';
import map from './zh-CN/map.json';
import quality from './zh-CN/quality.json';
import train from './zh-CN/train.json';
import trust from './zh-CN/trust.json';
import tuning from './zh-CN/tuning.json';

/** Simplified Chinese. */
export const chinese = { common, data, train, customers, trust, errors, map, quality, tuning };
