import customers from './zh-CN/customers.json';
import map from './zh-CN/map.json';
import quality from './zh-CN/quality.json';
import train from './zh-CN/train.json';
import trust from './zh-CN/trust.json';
import tuning from './zh-CN/tuning.json';

/** What the steps after Data say: here before the first of them is drawn. */
export const story = { train, customers, trust, map, quality, tuning };
