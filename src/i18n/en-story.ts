import customers from './en/customers.json';
import map from './en/map.json';
import quality from './en/quality.json';
import train from './en/train.json';
import trust from './en/trust.json';
import tuning from './en/tuning.json';

/** What the steps after Data say: here before the first of them is drawn. */
export const story = { train, customers, trust, map, quality, tuning };
